"""Recall, update and replacement by BussinessDocType, seen at another system. Arguments: endpoint, then id and secret of each."""

import base64
import sys

import packages
from client import Client, failed, good

endpoint, one_id, one_secret, two_id, two_secret = sys.argv[1:]
one, two = Client(endpoint, one_id, one_secret), Client(endpoint, two_id, two_secret)


def waiting(messagetype="edoc"):
    """All that waits at the second system: receiver and package, taken for good."""
    found = []
    for row in good(two.received(messagetype))["data"]:
        got = base64.b64decode(good(two.get(row["docId"]))["data"])
        found.append((row["to"], got))
        good(two.update(row["docId"], "done"))
    return found


# What they act on: one at a receiver, one at two.
first_id, package = packages.document("H54", ["H25"], "11", subject="Bản đầu")
first = good(one.send("H54", package))["DocId"]
assert waiting() == [("H25", package)]

# An update reaches who had it, and who is new, byte for byte and saying what it acts on.
_, update = packages.document(
    "H54", ["H25", "H44"], "12", act="2", target=first_id, reason="Bổ sung nơi nhận", subject="Bản cập nhật"
)
good(one.send("H54", update))
assert waiting() == [("H25", update), ("H44", update)]
assert packages.text_of(update, "BussinessDocType") == "2" and first_id in update.decode()

# A replacement goes to who had what it replaces.
second_id, package = packages.document("H54", ["H44"], "13", subject="Sẽ được thay")
good(one.send("H54", package))
assert waiting() == [("H44", package)]
replacing_id, replacing = packages.document(
    "H54", ["H44"], "14", act="3", target=second_id, reason="Sai số liệu", subject="Bản thay thế"
)
good(one.send("H54", replacing))
assert waiting() == [("H44", replacing)]

# A recall of what was taken comes as a package; the receiver agrees by 15, and its sender is told.
_, recall = packages.document("H54", ["H44"], "15", act="1", target=replacing_id, reason="Ban hành nhầm")
good(one.send("H54", recall))
assert waiting() == [("H44", recall)]
good(two.send("H44", packages.status("H44", "H54", replacing_id, "15", "Đồng ý"), "status"))
told = []
for row in good(one.received("status"))["data"]:
    got = base64.b64decode(good(one.get(row["docId"]))["data"])
    told.append((row["from"], packages.text_of(got, "StatusCode"), packages.text_of(got, "DocumentId")))
    good(one.update(row["docId"], "done"))
assert ("H44", "15", replacing_id) in told, told

# Acts on what nobody knows, or on what another sent, are refused: a document is looked for among one's own.
_, lost = packages.document("H54", ["H25"], "16", act="3", target="H54,2019/01/01,1/KHONG-CO", reason="Sai")
failed(one.send("H54", lost), "35")
_, foreign = packages.document("H25", ["H54"], "17", act="1", target=first_id, reason="Không phải của mình")
failed(two.send("H25", foreign), "35")
assert first in {row["senderDocId"] for row in good(one.sent())["data"]}
print("all acts are seen")
