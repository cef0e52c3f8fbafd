// ECharts, of which only what is drawn is in the bundle, and loaded when a chart is first looked at.
import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export function makeChart(box: HTMLElement) {
  const chart = init(box);
  const watching = new ResizeObserver(() => chart.resize());
  watching.observe(box);
  return {
    draw: (option: Record<string, unknown>) => chart.setOption(option),
    stop: () => { watching.disconnect(); chart.dispose(); },
  };
}
