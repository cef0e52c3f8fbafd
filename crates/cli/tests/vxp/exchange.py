"""The way of a document between two systems, call by call. Arguments: endpoint, then id and secret of each system."""

import base64
import json
import sys
import time

import packages
from client import Client, failed, good

endpoint, one_id, one_secret, two_id, two_secret = sys.argv[1:]
one, two = Client(endpoint, one_id, one_secret), Client(endpoint, two_id, two_secret)

# Agencies, both ways.
agencies = good(one.agencies())["data"]
assert len(agencies) > 100
for agency in agencies:
    assert {"id", "pid", "code", "name", "mail", "oldCode", "code102"} <= agency.keys(), agency
by_level = [good(one.agencies_by_level(level))["data"] for level in ("1", "2", "3", "4")]
assert sum(map(len, by_level)) == len(agencies)
assert {agency["code"] for agency in by_level[1]} > {"H54", "H40", "H25", "H44"}
units = good(two.units())["data"]
assert len(units) == len(agencies) and units[0]["version"] == 1 and units[0]["deleted"] is False

# Send, also once more with the very same package: one document.
assert good(two.count("Edoc"))["count"] == 0
file = b"%PDF-1.4\n" + bytes(range(256)) * 40
document_id, package = packages.document("H54", ["H25", "H44"], "1", [("công văn.pdf", file), ("phụ lục.txt", b"phu luc")])
sent = good(one.send("H54", package))["DocId"]
assert good(one.send("H54", package))["DocId"] == sent

# The receivers' system lists it, for each of its agencies.
rows = good(two.received())["data"]
assert [(row["from"], row["to"], row["messageType"]) for row in rows] == [("H54", "H25", "edoc"), ("H54", "H44", "edoc")], rows
keys = ["docId", "serviceType", "messageType", "created_time", "updated_time", "from", "to", "status", "status_desc"]
assert all(sorted(row) == sorted(keys) for row in rows)
assert good(two.count("Edoc"))["count"] == 2
first, second = (row["docId"] for row in rows)
assert len({sent, first, second}) == 3

# Get: byte for byte, both ways; from then on the client carries headers of this call for ever.
assert base64.b64decode(good(two.get(first))["data"]) == package
status, headers, content = two.download(second)
assert (status, content) == (200, package), (status, headers)
assert good(one.get(sent)) and base64.b64decode(one.get(sent)["data"]) == package, "its sender may get it too"
assert len(good(two.received())["data"]) == 2, "what was got and not updated still waits"
failed(one.get(first), "31")

# Pages and dates.
assert [row["docId"] for row in good(Client(endpoint, two_id, two_secret).received(pageSize="1", pageIndex="2"))["data"]] == [second]
today = time.strftime("%d/%m/%Y", time.gmtime(time.time() + 7 * 3600))
assert len(good(Client(endpoint, two_id, two_secret).received(fromDate=today, toDate=today))["data"]) == 2
assert good(Client(endpoint, two_id, two_secret).received(toDate="2020/01/01"))["data"] == []
failed(Client(endpoint, two_id, two_secret).received(fromDate="hom qua"), "30")

# Processing holds; done takes; the same again is good.
good(two.update(second, "processing"))
assert [row["docId"] for row in good(two.received())["data"]] == [first]
assert good(two.count("Edoc"))["count"] == 1
held = good(Client(endpoint, two_id, two_secret).received(status="processing"))["data"]
assert [(row["docId"], row["status"]) for row in held] == [(second, "processing")]
good(two.update(first, "done"))
good(two.update(first, "done"))
good(two.update(second, "done"))
assert good(two.received())["data"] == [] and two.count("Edoc")["count"] == 0
failed(two.get(first), "31")

# Status 03 back, twice the same.
good(two.send("H25", packages.status("H25", "H54", document_id, "03"), "status"))
again = good(two.send("H25", packages.status("H25", "H54", document_id, "03"), "status"))
assert again["DocId"]

# The first sender lists and gets it, after the two 01 of the axis itself.
assert good(one.count("Status"))["count"] == 3
rows = good(one.received("status"))["data"]
told = []
for row in rows:
    assert row["messageType"] == "status" and row["to"] == "H54"
    got = base64.b64decode(good(one.get(row["docId"]))["data"])
    assert packages.text_of(got, "DocumentId") == document_id, got
    told.append((row["from"], packages.text_of(got, "StatusCode")))
    good(one.update(row["docId"], "done"))
assert sorted(told) == [("H25", "01"), ("H25", "03"), ("H44", "01")], told
assert "Lê Văn Cường".encode() in got or any("03" == code for _, code in told)
assert good(one.received("status"))["data"] == [] and one.count("Status")["count"] == 0

# The sent list shows both states.
rows = {row["toCode"]: row for row in good(one.sent())["data"]}
keys = (
    "serviceType messageType senderDocId receiverDocId fromCode toCode title notation sentTime receivedTime "
    "sendStatus sendStatusDesc receiveStatus receiveStatusDesc"
).split()
assert rows.keys() == {"H25", "H44"} and all(sorted(row) == sorted(keys) for row in rows.values()), rows
assert rows["H25"]["senderDocId"] == sent and rows["H25"]["receiverDocId"] == first
assert rows["H25"]["sendStatus"] == "done" and rows["H25"]["receiveStatusDesc"].startswith("03"), rows
assert rows["H44"]["receiveStatusDesc"].startswith("01") and rows["H44"]["receivedTime"], rows
assert rows["H25"]["title"] == "V/v thử nghiệm liên thông" and rows["H25"]["notation"] == "01/UBND-VX"
statuses = good(two.sent("status"))["data"]
assert [(row["fromCode"], row["toCode"]) for row in statuses] == [("H25", "H54")], statuses

# Fail gives it back: it never shows again, and the sender is told 02.
refused_id, package = packages.document("H40", ["H25"], "2")
good(one.send("H40", package))
(row,) = good(two.received())["data"]
good(two.update(row["docId"], "fail"))
assert good(two.received())["data"] == []
codes = []
for row in good(one.received("status"))["data"]:
    got = base64.b64decode(good(one.get(row["docId"]))["data"])
    assert packages.text_of(got, "DocumentId") == refused_id
    codes.append(packages.text_of(got, "StatusCode"))
    good(one.update(row["docId"], "done"))
assert sorted(codes) == ["01", "02"], codes

# Recall of what was not fetched: withdrawn at once, told as agreed to. Recall of what was: answered by 15.
target_id, package = packages.document("H54", ["H25", "H44"], "3")
good(one.send("H54", package))
for row in good(two.received())["data"]:
    if row["to"] == "H25":
        good(two.get(row["docId"]))
        good(two.update(row["docId"], "done"))
_, recall = packages.document("H54", ["H25", "H44"], "4", act="1", target=target_id, reason="Ban hành nhầm")
good(one.send("H54", recall))
waiting = good(two.received())["data"]
for row in waiting:
    got = base64.b64decode(good(two.get(row["docId"]))["data"])
    assert got == recall, (row, got)
    good(two.update(row["docId"], "done"))
assert "H25" in {row["to"] for row in waiting}
good(two.send("H25", packages.status("H25", "H54", target_id, "15", "Đồng ý"), "status"))
about_target = []
for row in good(one.received("status"))["data"]:
    got = base64.b64decode(good(one.get(row["docId"]))["data"])
    if packages.text_of(got, "DocumentId") == target_id:
        about_target.append((row["from"], packages.text_of(got, "StatusCode")))
    good(one.update(row["docId"], "done"))
assert ("H25", "15") in about_target and ("H44", "15") in about_target, about_target

# Take back by status 13, before the receiver has accepted; refused by 16.
take_id, package = packages.document("H40", ["H44"], "5")
good(one.send("H40", package))
(row,) = good(two.received())["data"]
good(two.update(row["docId"], "done"))
good(one.send("H40", packages.status("H40", "H44", take_id, "13", "Gửi nhầm nơi nhận"), "status"))
(row,) = good(two.received("status"))["data"]
got = base64.b64decode(good(two.get(row["docId"]))["data"])
assert (packages.text_of(got, "StatusCode"), packages.text_of(got, "DocumentId")) == ("13", take_id), got
good(two.update(row["docId"], "done"))
good(two.send("H44", packages.status("H44", "H40", take_id, "16", "Đã xử lý xong"), "status"))
codes = []
for row in good(one.received("status"))["data"]:
    got = base64.b64decode(good(one.get(row["docId"]))["data"])
    codes.append((packages.text_of(got, "StatusCode"), packages.text_of(got, "Description")))
    good(one.update(row["docId"], "done"))
assert ("16", "Đã xử lý xong") in codes, codes

# What is refused says what was wrong, with all keys, in either language.
answer = failed(one.send("H25", package), "19")
assert answer["DocId"] == "" and "H25" in answer["ErrorDesc"], answer
_, unknown = packages.document("H54", ["H99.99"], "6")
answer = failed(one.send("H54", unknown), "18")
assert answer["DocId"] == "" and "To[1]/OrganId" in answer["ErrorDesc"] and "danh bạ" in answer["ErrorDesc"], answer
answer = failed(one.send("H54", b"{}"), "22")
assert "edXML" in answer["ErrorDesc"], answer
failed(one.send("H54", packages.status("H54", "H40", take_id, "99"), "status"), "36")
failed(one.send("H54", packages.status("H54", "H40", "H40,2020/01/01,9/X", "03"), "status"), "35")
failed(Client(endpoint, one_id, "another secret").agencies(), "15")
failed(Client(endpoint, "vxp.nobody", one_secret).agencies(), "15")
tampered = Client(endpoint, one_id, one_secret)
tampered.headers["hash-file"] = "00"
answer = json.loads(tampered.call("/sendEdoc", {"from": "H54", "servicetype": "eDoc", "messagetype": "edoc"}, package)[2])
assert failed(answer, "10")["DocId"] == ""
failed(two.update("0" * 24, "done"), "31")
failed(two.update(first, "finished"), "30")
status, _, content = two.download("0" * 24)
assert status == 404 and json.loads(content)["status"] == "FAIL"

# The address book is the operator's, which the sandbox lends.
good(one.register({"id": "x", "pcode": "H54", "code": "H54.77", "name": "Sở Thử nghiệm", "mail": "", "mobile": "", "fax": ""}))
assert any(agency["code"] == "H54.77" for agency in good(one.agencies())["data"])
good(one.delete("H54.77"))

print("all as the wire says")
