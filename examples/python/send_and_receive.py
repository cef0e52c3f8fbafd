"""Sends a document, receives it as the other agency, reports a status and reads it as the sender.

    python send_and_receive.py http://127.0.0.1:7700 .truc/agencies/H26.99 .truc/agencies/H54

The folders are named after their agency's code and hold what `truc up` and `truc pki issue --token` write. It needs the
packages in tests/python/requirements.txt.
"""

import datetime
import hashlib
import pathlib
import sys
import time
import tomllib
import uuid

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

# Messages and stubs are made from proto/ when this starts; `python -m grpc_tools.protoc` writes them to files instead.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "proto"))
pb, services = grpc.protos_and_services("truc/v1/exchange.proto")
doc = grpc.protos("truc/v1/document.proto")


def sign(folder, name, header):
    """Ed25519 over the DSSE pre-authentication encoding of the header's bytes."""
    kind = b"application/vnd.truc.v1.header"
    key = load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
    chain = x509.load_pem_x509_certificates((folder / f"{name}.pem").read_bytes())
    chain = [certificate.public_bytes(Encoding.DER) for certificate in chain]
    signature = key.sign(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(header), header))
    return doc.Signature(key_id=hashlib.sha256(chain[0]).digest(), signature=signature, certificates=chain)


def letter(sender, recipient, signer, content):
    """An official letter with one file."""
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7)))
    header = doc.Header(
        document_id=str(uuid.uuid4()), document_type="DOCUMENT_TYPE_OFFICIAL_LETTER", subject="Gửi thử từ Python",
        sender=sender, recipients=[{"agency": recipient, "role": "RECIPIENT_ROLE_TO_ACT"}], number=int(time.time()),
        notation="UBND-VX", issued_on={"year": today.year, "month": today.month, "day": today.day},
        signer={"position": "Chủ tịch", "full_name": signer}, urgency="URGENCY_NORMAL", act="BUSINESS_ACT_NEW",
        steering_type="STEERING_TYPE_NONE", system="SYSTEM_KIND_DOCUMENT_MANAGEMENT", attachments=[doc.Attachment(
            sha256=hashlib.sha256(content).digest(), size=len(content), name="van-ban.txt", content_type="text/plain")])
    header.created_at.GetCurrentTime()
    return header


hub, sender, recipient = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
exchange = services.ExchangeServiceStub(grpc.insecure_channel(hub.removeprefix("http://")))
by_sender, by_recipient = (
    {"metadata": [("authorization", f"Bearer {(folder / 'token').read_text().strip()}")], "timeout": 60}
    for folder in (sender, recipient))

# Send: the bytes that are signed are the bytes that travel.
content = "Nội dung văn bản".encode()
header = letter(sender.name, recipient.name, tomllib.loads((sender / "agency.toml").read_text())["signer"], content)
envelope = doc.Envelope(header=(signed := header.SerializeToString()), seal=sign(sender, "seal", signed))
envelope.personal_signature.CopyFrom(sign(sender, "signer", signed))
envelope.inline_attachments.add(sha256=header.attachments[0].sha256, content=content)
receipt = exchange.Send(pb.SendRequest(envelope=envelope), **by_sender).receipt
print("sent", header.document_id, "position", pb.ReceiptStatement.FromString(receipt.statement).position)

# Receive: what is stored on this side is acknowledged, and never shows again.
for delivery in exchange.Fetch(pb.FetchRequest(wait={"seconds": 30}), **by_recipient).deliveries:
    exchange.Acknowledge(pb.AcknowledgeRequest(delivery_ids=[delivery.delivery_id]), **by_recipient)
    if delivery.WhichOneof("content") == "document":
        received = doc.Header.FromString(delivery.document.envelope.header)
        print("received", received.document_id, received.subject)
        accepted = pb.ReportStatusRequest(document_id=received.document_id, status="STATUS_CODE_ACCEPTED")
        exchange.ReportStatus(accepted, **by_recipient)

# Statuses come as deliveries too: 01 by the hub when it was acknowledged, then 03.
for delivery in exchange.Fetch(pb.FetchRequest(wait={"seconds": 30}), **by_sender).deliveries:
    status = delivery.status
    print("status", status.document_id, f"{status.status:02}", status.agency)
    exchange.Acknowledge(pb.AcknowledgeRequest(delivery_ids=[delivery.delivery_id]), **by_sender)
