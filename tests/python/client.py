"""A second reader of the contract: sends, receives and checks everything without a line of the hub's own code.

    client.py --hub 127.0.0.1:7700 --hub-certificate hub.pem --sender G22/ --recipient H54/ [--receipts DIR]

The folders of sender and recipient are named after their agency's code and hold what `truc pki issue` writes:
`signer.key`, `signer.pem` (the person), `seal.key`, `seal.pem` (the agency) and `token`. The mailboxes of both must be
empty. `--receipts` is a folder of serialized receipts of one group commit, which must hold too: a document sent alone
has a receipt without any step to fold.

Prints one line a step. The first thing that is not as the contract says ends it with 1.
"""

import argparse
import datetime
import hashlib
import importlib
import pathlib
import sys
import tempfile
import time
import uuid

import grpc
import grpc_tools
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from grpc_tools import protoc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
HEADER_TYPE = "application/vnd.truc.v1.header"
RECEIPT_TYPE = "application/vnd.truc.v1.receipt"
VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
# Wall seconds until a call counts as hung; nothing here takes a tenth of it.
TIMEOUT_SECONDS = 60


class Mismatch(Exception):
    """The hub did not do what the contract says."""


def expect(condition, sentence):
    if not condition:
        raise Mismatch(sentence)


def expect_equal(found, wanted, what):
    expect(found == wanted, f"{what} is {found!r}, not {wanted!r}")


def step(text):
    print(text, flush=True)


# === Generated code ===


def generate(folder):
    """Makes the messages and stubs from proto/ anew; nothing generated is kept."""
    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    arguments = [f"--proto_path={PROTO}", f"--proto_path={well_known}", f"--python_out={folder}"]
    code = protoc.main(["protoc", *arguments, f"--grpc_python_out={folder}", *files])
    expect(code == 0, f"protoc ended with {code}")
    sys.path.insert(0, folder)
    return len(files)


class Api:
    """The generated modules, by short names."""

    def __init__(self):
        for name in ("document", "directory", "exchange"):
            setattr(self, name, importlib.import_module(f"truc.v1.{name}_pb2"))
        self.directory_service = importlib.import_module("truc.v1.directory_pb2_grpc")
        self.exchange_service = importlib.import_module("truc.v1.exchange_pb2_grpc")


# === What is signed ===


def pae(payload_type, payload):
    """DSSE v1 pre-authentication encoding."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def envelope_digest(envelope):
    """What makes two envelopes the same: the name of the rule and what is kept, each part after its length in 8 bytes."""
    person, seal = envelope.personal_signature, envelope.seal
    parts = [b"truc/v1/envelope", envelope.header, person.key_id, person.signature, seal.key_id, seal.signature]
    return sha256(*(piece for part in parts for piece in (len(part).to_bytes(8, "big"), part)))


def receipt_root(receipt):
    """Folds the path from the statement to the root that is signed."""
    node = sha256(b"\x00", receipt.statement)
    for taken in receipt.path:
        expect_equal(len(taken.sibling), 32, "length of a sibling")
        left, right = (taken.sibling, node) if taken.sibling_is_left else (node, taken.sibling)
        node = sha256(b"\x01", left, right)
    return node


def verifies(public_key, signature, payload_type, payload):
    try:
        public_key.verify(signature, pae(payload_type, payload))
    except InvalidSignature:
        return False
    return True


class Identity:
    """A private key and the certificates of its public half."""

    def __init__(self, folder, name):
        self.key = load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
        chain = x509.load_pem_x509_certificates((folder / f"{name}.pem").read_bytes())
        self.certificates = [certificate.public_bytes(Encoding.DER) for certificate in chain]

    def sign(self, api, header):
        return api.document.Signature(
            key_id=sha256(self.certificates[0]),
            signature=self.key.sign(pae(HEADER_TYPE, header)),
            certificates=self.certificates,
        )


def verify_signature(signature, header, whose):
    """Checks a signature of an envelope with the certificate that it carries."""
    expect(signature.certificates, f"{whose} carries no certificate")
    der = signature.certificates[0]
    expect_equal(signature.key_id, sha256(der), f"key_id of {whose}")
    key = x509.load_der_x509_certificate(der).public_key()
    expect(verifies(key, signature.signature, HEADER_TYPE, header), f"{whose} does not hold over the header")


# === Who calls ===


class Agency:
    """An agency on the hub: its keys, its token, its calls."""

    def __init__(self, api, channel, folder):
        self.api = api
        self.code = folder.resolve().name
        self.person = Identity(folder, "signer")
        self.seal = Identity(folder, "seal")
        self.credential = [("authorization", f"Bearer {(folder / 'token').read_text().strip()}")]
        self.exchange = api.exchange_service.ExchangeServiceStub(channel)
        self.directory = api.directory_service.DirectoryServiceStub(channel)

    def call(self, method, request):
        return method(request, metadata=self.credential, timeout=TIMEOUT_SECONDS)

    def letter(self, to, content):
        """An official letter to another agency, with one attachment that is carried inline."""
        document = self.api.document
        now = time.time_ns()
        today = datetime.datetime.now(VIETNAM)
        header = document.Header(
            document_id=str(uuid.uuid4()),
            sender=self.code,
            recipients=[document.Recipient(agency=to, role=document.RECIPIENT_ROLE_TO_ACT)],
            number=now // 1000 % 99_999_999_999 + 1,
            notation="UBND-VX",
            issued_on=document.Date(year=today.year, month=today.month, day=today.day),
            document_type=document.DOCUMENT_TYPE_OFFICIAL_LETTER,
            subject="V/v kết nối thử bằng Python",
            signer=document.Signer(position="Chủ tịch", full_name="Nguyễn Văn An"),
            urgency=document.URGENCY_URGENT,
            act=document.BUSINESS_ACT_NEW,
            steering_type=document.STEERING_TYPE_NONE,
            language="vi",
            system=document.SYSTEM_KIND_DOCUMENT_MANAGEMENT,
        )
        header.created_at.FromNanoseconds(now)
        header.attachments.add(
            sha256=sha256(content), size=len(content), name="van-ban.txt", content_type="text/plain"
        )
        return header

    def seal_up(self, header, content):
        """The header's bytes are made here and never again: they are what both signatures are over."""
        document = self.api.document
        carried = header.SerializeToString()
        return document.Envelope(
            header=carried,
            personal_signature=self.person.sign(self.api, carried),
            seal=self.seal.sign(self.api, carried),
            inline_attachments=[document.InlineAttachment(sha256=sha256(content), content=content)],
        )

    def send(self, envelope):
        return self.call(self.exchange.Send, self.api.exchange.SendRequest(envelope=envelope))

    def acknowledge(self, delivery_id):
        request = self.api.exchange.AcknowledgeRequest(delivery_ids=[delivery_id])
        outcomes = self.call(self.exchange.Acknowledge, request).outcomes
        expect_equal([outcome.delivery_id for outcome in outcomes], [delivery_id], "the acknowledged delivery")
        expect(not outcomes[0].HasField("refusal"), f"acknowledgement refused: {outcomes[0].refusal}")

    def report(self, document_id, status, description=""):
        request = self.api.exchange.ReportStatusRequest(
            document_id=document_id, status=status, description=description
        )
        return self.call(self.exchange.ReportStatus, request)


def expect_refused(what, reason, code, field, call):
    """The call must fail with this reason, under this gRPC code, naming this field (none when empty)."""
    try:
        call()
    except grpc.RpcError as error:
        status = rpc_status.from_call(error)
        expect(status is not None, f"{what}: no google.rpc.Status: {error.code()}: {error.details()}")
        info, request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        expect(any(detail.Unpack(info) for detail in status.details), f"{what}: no ErrorInfo: {error.details()}")
        fields = [v.field for detail in status.details if detail.Unpack(request) for v in request.field_violations]
        expect_equal((info.reason, info.domain), (reason, "truc"), f"{what}: reason")
        expect_equal(error.code(), code, f"{what}: code of {reason}")
        expect_equal(fields, [field] if field else [], f"{what}: field of {reason}")
        expect(status.message, f"{what}: {reason} without a message")
        step(f"refused: {what}: {reason}: {status.message}")
    else:
        raise Mismatch(f"{what}: accepted, not refused with {reason}")


# === The steps ===


class Conformance:
    def __init__(self, api, sender, recipient, hub_certificate):
        self.api = api
        self.sender = sender
        self.recipient = recipient
        self.hub_key = hub_certificate.public_key()
        self.hub_key_id = sha256(hub_certificate.public_bytes(Encoding.DER))

    def run(self, receipts):
        self.list_agencies()
        envelope, header = self.send()
        for path in receipts:
            self.check_receipt(self.api.exchange.Receipt.FromString(path.read_bytes()))
        if receipts:
            step(f"receipts of a group: {len(receipts)} hold")
        self.receive(envelope, header)
        self.statuses_come_back(header)
        self.refusals(header)

    def list_agencies(self):
        request = self.api.directory.ListAgenciesRequest(page_size=1)
        codes = []
        while True:
            page = self.sender.call(self.sender.directory.ListAgencies, request)
            codes += [agency.code for agency in page.agencies]
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
        expect_equal(len(codes), page.total, "number of agencies")
        expect_equal(codes, sorted(set(codes)), "order of agencies")
        for code in (self.sender.code, self.recipient.code):
            expect(code in codes, f"{code} is not in the directory")
        step(f"agencies: {' '.join(codes)}")

    def check_receipt(self, receipt):
        """Gives the statement, once the hub's signature is known to hold and no other statement to pass under it."""
        expect_equal(receipt.key_id, self.hub_key_id, "key_id of a receipt")
        root = receipt_root(receipt)
        expect(verifies(self.hub_key, receipt.signature, RECEIPT_TYPE, root), "receipt is not signed by the hub")
        changed = self.api.exchange.Receipt(statement=receipt.statement + b"\0", path=receipt.path)
        expect(
            not verifies(self.hub_key, receipt.signature, RECEIPT_TYPE, receipt_root(changed)),
            "a changed statement passes under the hub's signature",
        )
        return self.api.exchange.ReceiptStatement.FromString(receipt.statement)

    def send(self):
        content = "Nội dung văn bản, gửi từ Python".encode()
        header = self.sender.letter(self.recipient.code, content)
        envelope = self.sender.seal_up(header, content)
        answer = self.sender.send(envelope)
        expect_equal([warning.code for warning in answer.warnings], [], "warnings")
        step(f"sent: {header.document_id}")

        statement = self.check_receipt(answer.receipt)
        expect_equal(statement.document_id, header.document_id, "document_id of the receipt")
        expect_equal(statement.sender, self.sender.code, "sender of the receipt")
        expect_equal(statement.recipient_count, 1, "recipient_count of the receipt")
        expect_equal(statement.envelope_digest, envelope_digest(envelope), "envelope_digest of the receipt")
        expect(statement.position >= 1, "receipt without a position in the journal")
        expect_equal(len(statement.journal_hash), 32, "length of journal_hash")
        step(f"receipt: position {statement.position}, {len(answer.receipt.path)} steps to the root, signed by the hub")

        expect_equal(self.sender.send(envelope).receipt, answer.receipt, "receipt of the same envelope again")
        step("sent again: the same receipt")
        return envelope, header

    def receive(self, envelope, header):
        recipient, api = self.recipient, self.api
        stream = recipient.call(recipient.exchange.Subscribe, api.exchange.SubscribeRequest(window=10))
        delivery = next(stream).delivery
        expect_equal(delivery.WhichOneof("content"), "document", "content of the delivery")
        delivered = delivery.document
        expect_equal(delivered.envelope.header, envelope.header, "header as delivered")
        expect_equal(
            delivered.envelope.SerializeToString(deterministic=True),
            envelope.SerializeToString(deterministic=True),
            "envelope as delivered",
        )
        expect_equal(delivered.signature_standing, api.exchange.SIGNATURE_STANDING_SIGNED, "signature_standing")
        verify_signature(delivered.envelope.personal_signature, delivered.envelope.header, "the personal signature")
        verify_signature(delivered.envelope.seal, delivered.envelope.header, "the seal")
        for attachment, carried in zip(header.attachments, delivered.envelope.inline_attachments, strict=True):
            expect_equal(sha256(carried.content), attachment.sha256, "digest of the attachment")
        step(f"delivered: {len(envelope.SerializeToString())} bytes, byte for byte what was sent, both signatures hold")

        recipient.acknowledge(delivery.delivery_id)
        recipient.acknowledge(delivery.delivery_id)
        stream.cancel()
        step("acknowledged: and the same again is good")

        accepted = api.document.STATUS_CODE_ACCEPTED
        expect(not recipient.report(header.document_id, accepted).repeated, "03 is repeated the first time")
        expect(recipient.report(header.document_id, accepted).repeated, "03 is not repeated the second time")
        step("reported: 03, counted once")

    def statuses_come_back(self, header):
        sender, api = self.sender, self.api
        found = []
        # 01 and 03 may come in one answer or in two.
        while len(found) < 2:
            request = api.exchange.FetchRequest(max_deliveries=10)
            request.wait.FromSeconds(TIMEOUT_SECONDS // 2)
            fetched = sender.call(sender.exchange.Fetch, request)
            expect(fetched.deliveries, f"the sender got {found} and then nothing")
            for delivery in fetched.deliveries:
                expect_equal(delivery.WhichOneof("content"), "status", "content for the sender")
                report = delivery.status
                expect_equal(report.document_id, header.document_id, "document of the status")
                expect_equal(report.agency, self.recipient.code, "agency of the status")
                found.append(report.status)
                sender.acknowledge(delivery.delivery_id)
        wanted = [api.document.STATUS_CODE_ARRIVED, api.document.STATUS_CODE_ACCEPTED]
        expect_equal(found, wanted, "statuses that came back")
        step("statuses came back: 01 03")

    def refusals(self, header):
        sender, recipient, code = self.sender, self.recipient, grpc.StatusCode
        content = "Nội dung bị từ chối".encode()

        def broken(which):
            envelope = sender.seal_up(sender.letter(recipient.code, content), content)
            signature = getattr(envelope, which)
            signature.signature = bytes([signature.signature[0] ^ 1]) + signature.signature[1:]
            return sender.send(envelope)

        def unknown_recipient():
            return sender.send(sender.seal_up(sender.letter("H99", content), content))

        def another_name():
            # The recipient's own keys, all in order but for who calls.
            return sender.send(recipient.seal_up(recipient.letter(sender.code, content), content))

        def other_content():
            return sender.send(sender.seal_up(sender.letter(recipient.code, content), content + b"."))

        def without_credential():
            request = self.api.exchange.FetchRequest()
            return sender.exchange.Fetch(request, timeout=TIMEOUT_SECONDS)

        def out_of_order():
            refused = self.api.document.STATUS_CODE_REFUSED
            return recipient.report(header.document_id, refused, "Không thuộc thẩm quyền")

        expect_refused(
            "a broken personal signature", "SIGNATURE_INVALID", code.INVALID_ARGUMENT,
            "personal_signature.signature", lambda: broken("personal_signature"),
        )
        expect_refused(
            "a broken seal", "SEAL_INVALID", code.INVALID_ARGUMENT, "seal.signature", lambda: broken("seal")
        )
        expect_refused(
            "an unknown recipient", "RECIPIENT_UNKNOWN", code.NOT_FOUND,
            "header.recipients[0].agency", unknown_recipient,
        )
        expect_refused(
            "another agency's name", "NOT_YOUR_AGENCY", code.PERMISSION_DENIED, "header.sender", another_name
        )
        expect_refused(
            "other content", "ATTACHMENT_MISSING", code.FAILED_PRECONDITION,
            "header.attachments[0]", other_content,
        )
        expect_refused("no credential", "UNAUTHENTICATED", code.UNAUTHENTICATED, "", without_credential)
        expect_refused("02 after 03", "STATUS_INVALID", code.FAILED_PRECONDITION, "status", out_of_order)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub", required=True, help="host:port, without TLS")
    parser.add_argument("--hub-certificate", required=True, type=pathlib.Path)
    parser.add_argument("--sender", required=True, type=pathlib.Path)
    parser.add_argument("--recipient", required=True, type=pathlib.Path)
    parser.add_argument("--receipts", type=pathlib.Path)
    arguments = parser.parse_args()
    receipts = sorted(arguments.receipts.iterdir()) if arguments.receipts else []
    hub_certificate = x509.load_pem_x509_certificates(arguments.hub_certificate.read_bytes())[0]
    with tempfile.TemporaryDirectory() as folder:
        step(f"generated: code of {generate(folder)} files of proto/")
        api = Api()
    with grpc.insecure_channel(arguments.hub) as channel:
        sender = Agency(api, channel, arguments.sender)
        recipient = Agency(api, channel, arguments.recipient)
        Conformance(api, sender, recipient, hub_certificate).run(receipts)
    step("all as the contract says")


if __name__ == "__main__":
    try:
        main()
    except Mismatch as mismatch:
        sys.exit(f"mismatch: {mismatch}")
    except grpc.RpcError as error:
        sys.exit(f"call failed: {error.code().name}: {error.details()}")
