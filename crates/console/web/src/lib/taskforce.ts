// The task force's table of 2020: each figure as the hub counted it, beside what was reported at the time. What was reported is as
// simulations/seven-provinces-2020.toml has it (a test compares); what is measured comes from StatisticsService alone.
import type { Counts, GetReportResponse } from "../gen/truc/v1/statistics_pb.ts";
import { Level, SigningPolicy } from "../gen/truc/v1/directory_pb.ts";

export type Figure = "provinces-connected" | "levels" | "growth" | "wholly-electronic" | "personally-signed" | "on-time" | "reporting" | "portal-services";
export type Scope = { province?: string; level?: Level; policy?: SigningPolicy };
export type Measured = { count: number; of?: number } | { percent: number; of: number };
export type Line = { figure: Figure; scope: Scope; measured?: Measured; reported: number[]; note: string };

type Reported = { figure: Figure; province?: string; level?: Level; values: number[]; note?: string };

/** What the task force reported, where it named the figure. */
export const REPORTED: Reported[] = [
  { figure: "provinces-connected", values: [7], note: "7/7 tỉnh" },
  { figure: "levels", values: [4], note: "bốn cấp hành chính" },
  { figure: "wholly-electronic", province: "H02", values: [98] },
  { figure: "wholly-electronic", province: "H05", values: [95] },
  { figure: "on-time", values: [99.97, 99.7, 99.1], note: "nguồn không ghi tỉnh nào" },
  { figure: "reporting", level: Level.PROVINCE, values: [70], note: "mục tiêu 11/2020" },
  { figure: "reporting", level: Level.DISTRICT, values: [60], note: "mục tiêu 11/2020" },
  { figure: "reporting", level: Level.COMMUNE, values: [30], note: "mục tiêu 11/2020" },
  { figure: "portal-services", province: "H54", values: [5] },
  { figure: "portal-services", province: "H40", values: [6] },
  { figure: "portal-services", province: "H44", values: [6] },
];

/** The seven provinces that the task force worked with. */
export const SEVEN = ["H54", "H40", "H25", "H05", "H02", "H62", "H44"];

const number = (value: bigint | undefined) => Number(value ?? 0n);
const share = (part: bigint | undefined, whole: bigint | undefined): Measured | undefined => (whole ? { percent: (number(part) * 100) / number(whole), of: number(whole) } : undefined);
const growth = (now: bigint | undefined, before: bigint | undefined): Measured | undefined => (before ? { percent: ((number(now) - number(before)) * 100) / number(before), of: number(before) } : undefined);

/** Lines in the order of the task force's report, of a report by province. */
export function taskForce(byProvince: GetReportResponse, byLevel: GetReportResponse): Line[] {
  const { connections } = byProvince;
  // Provinces of the directory; the sandbox's invented ones (Z) are none.
  const codes = new Set(connections.filter((row) => row.level !== Level.CENTRAL && row.province.startsWith("H")).map((row) => row.province));
  const provinces = byProvince.rows.filter((row) => codes.has(row.province));
  const of = (code: string) => provinces.find((row) => row.province === code)?.counts;
  const total = byProvince.total?.counts;
  const before = byProvince.yearBefore?.counts;
  const connected = [...codes].filter((code) => connections.some((row) => row.province === code && row.connected > 0n));
  const active = byLevel.rows.filter((row) => number(row.counts?.sent) + number(row.counts?.received) > 0);
  const policies = new Map(connections.filter((row) => row.level === Level.PROVINCE).map((row) => [row.province, row.signingPolicy]));

  const measured = (figure: Figure, { province, level, policy }: Scope): Measured | undefined => {
    const counts: Counts | undefined = province ? of(province) : total;
    switch (figure) {
      case "provinces-connected": return { count: connected.length, of: codes.size };
      case "levels": return { count: active.length };
      case "growth": return growth(total?.sent, before?.sent);
      case "wholly-electronic": return share(counts?.sentElectronic, counts?.sent);
      case "personally-signed": {
        if (!policy) return share(counts?.sentSigned, counts?.sent);
        const rows = provinces.filter((row) => policies.get(row.province) === policy);
        const sum = (pick: (counts: Counts) => bigint) => rows.reduce((all, row) => all + (row.counts ? pick(row.counts) : 0n), 0n);
        return share(sum((one) => one.sentSigned), sum((one) => one.sent));
      }
      case "on-time": return share(counts?.finishedOnTime, counts?.finishedWithDueDate);
      case "reporting": {
        const rows = byLevel.connections.filter((row) => !level || row.level === level);
        const sum = (pick: "reporting" | "agencies") => rows.reduce((all, row) => all + row[pick], 0n);
        return share(sum("reporting"), sum("agencies"));
      }
      case "portal-services": {
        const rows = connections.filter((row) => row.province === province);
        return rows.length ? { count: rows.reduce((all, row) => all + number(row.portalServices), 0) } : undefined;
      }
    }
  };
  const line = (figure: Figure, scope: Scope = {}): Line => {
    const found = REPORTED.find((one) => one.figure === figure && one.province === scope.province && one.level === scope.level && !scope.policy);
    return { figure, scope, measured: measured(figure, scope), reported: found?.values ?? [], note: found?.note ?? "" };
  };
  const scoped = (figure: Figure) => REPORTED.filter((one) => one.figure === figure && (one.province || one.level)).map(({ province, level }) => line(figure, { province, level }));
  return [
    line("provinces-connected"), line("levels"), line("growth"),
    line("wholly-electronic"), ...scoped("wholly-electronic"),
    line("personally-signed"), ...[SigningPolicy.REQUIRED, SigningPolicy.PILOT, SigningPolicy.OFF].filter((one) => [...policies.values()].includes(one)).map((policy) => line("personally-signed", { policy })),
    line("on-time"), ...scoped("reporting"), ...scoped("portal-services"),
  ];
}
