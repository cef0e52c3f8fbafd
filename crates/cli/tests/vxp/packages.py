"""Packages as VNPT's library writes them: one namespace twice, by default and by prefix, files zipped."""

import base64
import io
import re
import uuid
import zipfile

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"


def element(name, text):
    return f"<edXML:{name}>{text}</edXML:{name}>"


def party(name, code):
    return element(name, element("OrganId", code) + element("OrganName", f"Cơ quan {code}"))


def attachment(index, name, content):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{uuid.uuid4()}.{name.rsplit('.', 1)[-1]}", content)
    encoded = base64.b64encode(zipped.getvalue()).decode()
    return (
        f"<Attachment><ContentId>cid:tep-{index}</ContentId><AttachmentName>{name}</AttachmentName>"
        f"<ContentType>application/zip</ContentType>"
        f"<edXML:ContentTransferEncoded>{encoded}</edXML:ContentTransferEncoded></Attachment>"
    )


def document(sender, receivers, number, files=(), act="0", target="", reason="", subject="V/v thử nghiệm liên thông"):
    """A document package; gives its id and its bytes."""
    document_id = f"{sender},2026/11/20,{number}/UBND-VX"
    business = element("BussinessDocType", act) + element("BussinessDocReason", reason) + element("Paper", "0")
    if target:
        business = element("DocumentId", target) + business
    header = (
        party("From", sender)
        + "".join(party("To", code) for code in receivers)
        + element("DocumentId", document_id)
        + element("Code", element("CodeNumber", number) + element("CodeNotation", "UBND-VX"))
        + element("PromulgationInfo", element("Place", "Hà Nội") + element("PromulgationDate", "2026/11/20"))
        + element("DocumentType", element("Type", "1") + element("TypeName", "Công văn"))
        + element("Subject", subject)
        + element(
            "SignerInfo",
            element("Competence", "KT. CHỦ TỊCH") + element("Position", "Phó Chủ tịch") + element("FullName", "Trần Thị Bình"),
        )
        + element("OtherInfo", element("Priority", "0") + element("PageAmount", "2"))
        + element("SteeringType", "1")
    )
    trace = element("TraceHeader", element("OrganId", sender) + element("Timestamp", "2026/11/20 08:30:00"))
    references = "".join(
        element(
            "Reference",
            element("ContentId", f"cid:tep-{index}") + element("ContentType", "application/zip") + element("AttachmentName", name),
        )
        for index, (name, _) in enumerate(files)
    )
    body = f'<edXML:edXMLBody><edXML:edXMLManifest version="1.0">{references}</edXML:edXMLManifest></edXML:edXMLBody>'
    encoded = "".join(attachment(index, name, content) for index, (name, content) in enumerate(files))
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="{NAMESPACE}">'
        f'<edXML:edXMLEnvelope xmlns:edXML="{NAMESPACE}"><edXML:edXMLHeader>'
        + element("MessageHeader", header)
        + element("TraceHeaderList", trace + element("Bussiness", business))
        + f"</edXML:edXMLHeader>{body}</edXML:edXMLEnvelope>"
        + f'<AttachmentEncoded xmlns:edXML="{NAMESPACE}">{encoded}</AttachmentEncoded></edXML>'
    )
    return document_id, text.encode()


def status(agency, sender, document_id, code, description="Đã tiếp nhận"):
    """A status package of an agency about a document of a sender."""
    header = (
        party("From", agency)
        + element(
            "ResponseFor",
            element("OrganId", sender)
            + element("Code", "1/UBND-VX")
            + element("PromulgationDate", "2026/11/20")
            + element("DocumentId", document_id),
        )
        + element("StaffInfo", element("Department", "Văn thư") + element("Staff", "Lê Văn Cường"))
        + element("StatusCode", code)
        + element("Description", description)
        + element("Timestamp", "2026/11/20 09:00:00")
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="{NAMESPACE}">'
        f'<edXML:edXMLEnvelope xmlns:edXML="{NAMESPACE}"><edXML:edXMLHeader>'
        + element("MessageHeader", header)
        + "</edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>"
    )
    return text.encode()


def text_of(package, name):
    """Text of the first element of a name, whatever its prefix."""
    found = re.search(rf"<(?:\w+:)?{name}\b[^>]*>([^<]*)<", package.decode())
    return found.group(1) if found else None
