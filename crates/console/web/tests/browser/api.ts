// The public API beside the browser: what a page shows is compared with what the hub says.
import { createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { OperationsService } from "../../src/gen/truc/v1/operations_pb.ts";
import { SandboxService } from "../../src/gen/truc/v1/sandbox_pb.ts";
import { StatisticsService } from "../../src/gen/truc/v1/statistics_pb.ts";

/** Calls of the operator, or of whoever enters by the sandbox's link. */
export async function api(link: string) {
  const baseUrl = new URL(link).origin;
  const accessKey = new URL(link).hash.replace("#key=", "");
  const sandbox = createClient(SandboxService, createGrpcWebTransport({ baseUrl }));
  const { token } = await sandbox.enter({ accessKey, role: { case: "operator", value: true } });
  const transport = createGrpcWebTransport({
    baseUrl,
    interceptors: [(next) => (request) => { request.header.set("authorization", `Bearer ${token}`); return next(request); }],
  });
  return { accessKey, sandbox, operations: createClient(OperationsService, transport), statistics: createClient(StatisticsService, transport) };
}
