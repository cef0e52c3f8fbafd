// The public API over gRPC-Web: the console knows no other.
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { BadRequestSchema, ErrorInfoSchema } from "../gen/google/rpc/error_details_pb.ts";
import { DirectoryService } from "../gen/truc/v1/directory_pb.ts";
import { ExchangeService } from "../gen/truc/v1/exchange_pb.ts";
import { OperationsService } from "../gen/truc/v1/operations_pb.ts";
import { SandboxService } from "../gen/truc/v1/sandbox_pb.ts";
import { StatisticsService } from "../gen/truc/v1/statistics_pb.ts";
import { TrainingService } from "../gen/truc/v1/training_pb.ts";
import { connection } from "./connection.svelte.ts";

let token = "";

export function useToken(given: string) {
  token = given;
}

const authorized: Interceptor = (next) => async (request) => {
  if (token) request.header.set("authorization", `Bearer ${token}`);
  try {
    const response = await next(request);
    connection.reached();
    return response;
  } catch (error) {
    connection.failed(error);
    throw error;
  }
};

const transport = createGrpcWebTransport({ baseUrl: location.origin, interceptors: [authorized] });

/** Calls under another credential than the session's. */
export const transportOf = (given: () => string) => createGrpcWebTransport({
  baseUrl: location.origin,
  interceptors: [(next) => (request) => {
    if (given()) request.header.set("authorization", `Bearer ${given()}`);
    return next(request);
  }],
});

export const exchange = createClient(ExchangeService, transport);
export const directory = createClient(DirectoryService, transport);
export const statistics = createClient(StatisticsService, transport);
export const operations = createClient(OperationsService, transport);
export const sandbox = createClient(SandboxService, transport);
export const lessons = createClient(TrainingService, transport);

/** What a refusal says: its stable reason, one sentence, and the field at fault. */
export type Refused = { reason: string; message: string; field: string; metadata: Record<string, string>; unreachable: boolean };

export function refusalOf(error: unknown): Refused {
  const failed = ConnectError.from(error);
  const [info] = failed.findDetails(ErrorInfoSchema);
  const [bad] = failed.findDetails(BadRequestSchema);
  return {
    reason: info?.reason ?? "",
    message: failed.rawMessage,
    field: bad?.fieldViolations[0]?.field ?? "",
    metadata: info?.metadata ?? {},
    unreachable: !info && isUnreachable(error),
  };
}

export function isUnreachable(error: unknown): boolean {
  // What went wrong in the page itself is not the hub's silence.
  if (!(error instanceof ConnectError)) return false;
  const failed = ConnectError.from(error);
  return failed.findDetails(ErrorInfoSchema).length === 0 && (failed.code === Code.Unavailable || failed.code === Code.Unknown);
}
