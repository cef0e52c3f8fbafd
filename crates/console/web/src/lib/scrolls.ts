/** Lets the keyboard scroll what is wider or higher than its box, and stops at nothing that is not. */
export function scrolls(box: HTMLElement) {
  const look = () => {
    if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const watching = new ResizeObserver(look);
  watching.observe(box);
  for (const child of box.children) watching.observe(child);
  look();
  return () => watching.disconnect();
}
