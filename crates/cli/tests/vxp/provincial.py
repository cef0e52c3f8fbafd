"""The provincial variant: multipart and JSON, with the secret in a header. Arguments as of exchange.py."""

import base64
import http.client
import json
import sys
import urllib.parse

import packages

endpoint, one_id, one_secret, two_id, two_secret = sys.argv[1:]
hub = urllib.parse.urlsplit(endpoint)
connection = http.client.HTTPConnection(hub.hostname, hub.port, timeout=60)


def call(path, system, secret, body, content_type="application/json", **headers):
    headers = {"X-SystemId": system, "X-SecretKey": secret, "Content-Type": content_type, **headers}
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == 200, (path, answer.status, content)
    return json.loads(content)


def send(system, secret, file, kind="edoc", **headers):
    boundary = "----ranh-gioi"
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="messageType"\r\n\r\n{kind}\r\n'.encode()
        + f'--{boundary}\r\nContent-Disposition: form-data; name="edocFile"; filename="vb.edxml"\r\n'.encode()
        + b"Content-Type: application/octet-stream\r\n\r\n" + file + f"\r\n--{boundary}--\r\n".encode()
    )
    return call("/v1/sendEdoc", system, secret, parts, f"multipart/form-data; boundary={boundary}", **headers)


def good(answer):
    assert answer["errorCode"] == "0", answer
    return answer


# A package of more than what travels inline.
large = bytes(range(256)) * 8192
document_id, package = packages.document("H54", ["H25"], "801", [("bản quét.tif", large)])
sent = good(send(one_id, one_secret, package))["docId"]
assert good(send(one_id, one_secret, package))["docId"] == sent

got = good(call("/v1/getEdoc", two_id, two_secret, b"{}"))
assert got["messageType"] == "edoc" and base64.b64decode(got["data"]) == package
again = json.dumps({"docId": got["docId"]}).encode()
assert base64.b64decode(good(call("/v1/getEdoc", two_id, two_secret, again))["data"]) == package
good(call("/v1/updateStatus", two_id, two_secret, json.dumps({"docId": got["docId"], "status": "done"}).encode()))
assert good(call("/v1/getEdoc", two_id, two_secret, b"{}"))["docId"] == ""
good(send(two_id, two_secret, packages.status("H25", "H54", document_id, "03"), "status"))

# Its nine codes.
assert call("/v1/getEdoc", one_id, two_secret, b"{}")["errorCode"] == "15"
assert send(one_id, one_secret, b"")["errorCode"] == "10"
assert send(one_id, one_secret, b"<khong/>")["errorCode"] == "22"
_, unknown = packages.document("H54", ["H99.99"], "802")
assert send(one_id, one_secret, unknown)["errorCode"] == "18"
_, foreign = packages.document("H25", ["H54"], "803")
answer = send(one_id, one_secret, foreign, **{"Accept-Language": "en-GB, vi;q=0.5"})
assert answer["errorCode"] == "19" and "not registered" in answer["errorDesc"], answer

print("all as the platform says")
