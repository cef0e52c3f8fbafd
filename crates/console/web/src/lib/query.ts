// The search language of lists: words, and `from:`, `to:`, `level:`, `province:`, `status:`, `urgency:`, `signed:`,
// `after:`, `before:` (days as 2026-11-25). All have to fit.
export type Row = {
  text: string;
  from: string;
  to: string;
  level: string;
  province: string;
  status: string;
  urgency: string;
  signed: boolean;
  /** 2026-11-25 */
  day: string;
};

export const FIELDS = ["from", "to", "level", "province", "status", "urgency", "signed", "after", "before"] as const;

/** Lower case without diacritics, so that `thai binh` finds `Thái Bình`. */
export const fold = (text: string) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();

export function parse(query: string): { field: string; value: string }[] {
  const parts = query.match(/(?:\w+:)?"[^"]*"?|\S+/g) ?? [];
  return parts.map((part) => {
    const [, field, value] = /^(\w+):(.*)$/s.exec(part) ?? [];
    const known = field && (FIELDS as readonly string[]).includes(field);
    return { field: known ? field : "", value: fold((known ? value! : part).replace(/"/g, "")) };
  });
}

export function fits(row: Row, query: string): boolean {
  return parse(query).every(({ field, value }) => {
    switch (field) {
      case "": return fold(row.text).includes(value);
      case "signed": return row.signed === !["no", "khong", "false", "0"].includes(value);
      case "after": return row.day >= value;
      case "before": return row.day <= value;
      default: return fold(row[field as "from"]).includes(value);
    }
  });
}
