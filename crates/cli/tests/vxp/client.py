"""A client of the VXP calls as the Java library makes them, written from the description of its wire alone.

Kept of the library: headers of earlier calls stay on the client, the timestamp is taken once in its life, hash-file has no
leading zeros, CR LF follows the file, most bodies are empty, 100-continue is asked for, answers may be gzip.
"""

import gzip
import hashlib
import hmac
import http.client
import json
import time
import urllib.parse

PREFIX = "XroadVnpt-"


class Client:
    def __init__(self, endpoint, systemid, secret, patience=0.0, language=None):
        parts = urllib.parse.urlsplit(endpoint)
        self.host, self.port, self.base = parts.hostname, parts.port, parts.path
        self.secret = secret
        self.headers = {"systemid": systemid}
        self.patience = patience
        self.language = language
        self.connection = None

    def call(self, path, values=None, body=None, method="POST"):
        """One call; gives status of HTTP, headers and body."""
        for name, value in (values or {}).items():
            # What was set before keeps its place, as in a linked map.
            self.headers[name] = value
        if "timestamp" not in self.headers:
            self.headers["timestamp"] = time.strftime("%d%m%YT%H%M%S") + "+0704"
        content_type = "application/octet-stream" if path == "/sendEdoc" else "application/json"
        self.headers["Content-Type"] = content_type
        pairs = {PREFIX + name: value for name, value in self.headers.items()}
        text = json.dumps(pairs, separators=(",", ":"), ensure_ascii=False)
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        sent = dict(pairs)
        sent[PREFIX + "sign-header-key"] = ";".join(self.headers)
        sent[PREFIX + "sign-header"] = text
        sent[PREFIX + "hash-header"] = signature
        sent["Content-Type"] = content_type
        sent[PREFIX + "version"] = "3.0.201608"
        sent["User-Agent"] = "JAVASDKAgent/1.0.0 XRoad/VPCP"
        sent["Accept-Encoding"] = "gzip,deflate"
        if self.language:
            sent["Accept-Language"] = self.language
        if method == "POST":
            body = b"" if body is None else body
            if 0 < len(body) < 1024:
                sent["Expect"] = "100-continue"
        until = time.monotonic() + self.patience
        while True:
            try:
                return self.exchange(method, path, body, sent)
            except (OSError, http.client.HTTPException):
                self.connection = None
                if time.monotonic() >= until:
                    raise
                time.sleep(0.05)

    def exchange(self, method, path, body, headers):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        headers = {name: value.encode("utf-8") for name, value in headers.items()}
        self.connection.request(method, self.base + path, body=body, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return answer.status, answer.headers, content

    def json(self, path, values=None, body=None, method="POST"):
        status, _, content = self.call(path, values, body, method)
        assert status == 200, (path, status, content)
        return json.loads(content)

    # The calls, by the names of the library's methods.

    def agencies(self):
        return self.json("/getAgenciesList")

    def agencies_by_level(self, level):
        return self.json("/getAgenciesListQD20", {"level": level})

    def units(self):
        return self.json("/getSynchronizeUnit")

    def send(self, sender, file, messagetype="edoc"):
        digest = hashlib.sha256(file).digest()
        values = {
            "from": sender,
            "servicetype": "eDoc",
            "messagetype": messagetype,
            # Each byte as Integer.toHexString prints it.
            "hash-file": "".join(f"{byte:x}" for byte in digest),
        }
        return self.json("/sendEdoc", values, file + b"\r\n")

    def received(self, messagetype="edoc", **more):
        return self.json("/getReceivedEdocList", {"servicetype": "eDoc", "messagetype": messagetype, **more})

    def get(self, doc_id):
        return self.json("/getEdoc", {"docId": doc_id, "filePath": "/tmp/edxml"}, b"{}")

    def download(self, doc_id):
        return self.call("/downloadEdoc", {"docId": doc_id}, method="GET")

    def update(self, doc_id, status):
        return self.json("/updateStatus", {"docId": doc_id, "status": status}, b"{}")

    def sent(self, messagetype="edoc", **more):
        return self.json("/getSentEdocList", {"servicetype": "eDoc", "messagetype": messagetype, **more})

    def count(self, what):
        return self.json(f"/countReceive{what}", method="GET")

    def register(self, body):
        return self.json("/registerAgency", body=json.dumps(body).encode())

    def delete(self, code):
        return self.json("/deleteAgency", {"AgencyCode": code}, b"{}")


def good(answer):
    assert answer["status"] == "OK" and answer["ErrorCode"] == "0", answer
    return answer


def failed(answer, code):
    assert answer["status"] == "FAIL" and answer["ErrorCode"] == code and answer["ErrorDesc"], answer
    return answer
