"""A client that has no .proto files: health and server reflection tell it all, as they tell grpcurl and its like.

    explore.py 127.0.0.1:7700 TOKEN

Prints one line a step. The first thing that is not as it should be ends it with 1.
"""

import sys

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SERVICES = ["DirectoryService", "ExchangeService", "OperationsService", "StatisticsService"]
TIMEOUT_SECONDS = 60


def check_health(channel):
    health = health_pb2_grpc.HealthStub(channel)
    for service in ("", "truc.v1.ExchangeService"):
        answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=TIMEOUT_SECONDS)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING, (service, answer)
    first = next(health.Watch(health_pb2.HealthCheckRequest(), timeout=TIMEOUT_SECONDS))
    assert first.status == health_pb2.HealthCheckResponse.SERVING, first
    try:
        health.Check(health_pb2.HealthCheckRequest(service="truc.v1.NoService"), timeout=TIMEOUT_SECONDS)
        raise AssertionError("a service that is not there has a health")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.NOT_FOUND, error
    print("health: serving")


def check_reflection_v1(channel):
    """What clients ask first; the messages are those of v1alpha under another name."""
    ask = channel.stream_stream(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    (answer,) = ask(iter([request]), timeout=TIMEOUT_SECONDS)
    check_services([service.name for service in answer.list_services_response.service], "v1")


def check_services(names, version):
    missing = {f"truc.v1.{name}" for name in SERVICES} | {"grpc.health.v1.Health"}
    missing -= set(names)
    assert not missing, f"{version}: not told: {missing}"
    print(f"reflection {version}: {len(names)} services")


def call(channel, pool, service, method, request, token):
    """One call, with messages made of what reflection tells."""
    described = pool.FindServiceByName(service).methods_by_name[method]
    wanted = message_factory.GetMessageClass(described.input_type)
    given = message_factory.GetMessageClass(described.output_type)
    stub = channel.unary_unary(
        f"/{service}/{method}", request_serializer=wanted.SerializeToString, response_deserializer=given.FromString
    )
    answer = stub(
        json_format.ParseDict(request, wanted()),
        metadata=[("authorization", f"Bearer {token}")],
        timeout=TIMEOUT_SECONDS,
    )
    return json_format.MessageToDict(answer)


def main():
    address, token = sys.argv[1:]
    with grpc.insecure_channel(address) as channel:
        check_health(channel)
        check_reflection_v1(channel)
        database = ProtoReflectionDescriptorDatabase(channel)
        check_services(database.get_services(), "v1alpha")
        pool = descriptor_pool.DescriptorPool(database)
        methods = [
            method.name
            for name in SERVICES
            for method in pool.FindServiceByName(f"truc.v1.{name}").methods
            if method.input_type.name == f"{method.name}Request"
        ]
        assert {"Send", "SendMany", "Fetch", "Track", "ListAgencies", "GetReport", "Observe"} <= set(methods), methods
        print(f"described: {len(methods)} methods")
        agencies = call(channel, pool, "truc.v1.DirectoryService", "ListAgencies", {"pageSize": 2}, token)
        assert len(agencies["agencies"]) == 2 and agencies["total"], agencies
        fetched = call(channel, pool, "truc.v1.ExchangeService", "Fetch", {"wait": "0.1s"}, token)
        assert "deliveries" not in fetched, fetched
        print("called: ListAgencies, Fetch")
    print("all found without a file")


if __name__ == "__main__":
    main()
