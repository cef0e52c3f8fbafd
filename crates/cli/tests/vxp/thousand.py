"""1,000 packages between two systems with four agencies, while the hub dies and comes back.

Arguments: endpoint, then id and secret of each system. Prints `half` when half of them are sent: then the hub may die.
"""

import base64
import hashlib
import sys
import threading
import time

import packages
from client import Client, good

PACKAGES = 1000
PATIENCE = 120.0
AGENCIES = [["H54", "H40"], ["H25", "H44"]]
endpoint, *credentials = sys.argv[1:]
CREDENTIALS = [credentials[0:2], credentials[2:4]]

sent = {}
received = {}
docs = {}
lock = threading.Lock()
said = threading.Event()
everything_sent = threading.Event()
problems = []


def client(system):
    return Client(endpoint, *CREDENTIALS[system], patience=PATIENCE)


def until_good(call):
    """A system tries again what the hub could not do just then, as the table of error codes says."""
    end = time.monotonic() + PATIENCE
    while True:
        answer = call()
        if answer["status"] == "OK":
            return answer
        assert answer["ErrorCode"] == "39" and time.monotonic() < end, answer
        time.sleep(0.05)


def guarded(work, *arguments):
    def run():
        try:
            work(*arguments)
        except BaseException as problem:
            problems.append(problem)
            everything_sent.set()
            raise

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def send(system, numbers):
    vxp = client(system)
    for number in numbers:
        sender = AGENCIES[system][number // 2 % 2]
        to = AGENCIES[1 - system][number // 4 % 2]
        document_id, package = packages.document(sender, [to], str(number), [("vb.txt", f"văn bản {number}".encode() * 20)])
        until_good(lambda: vxp.send(sender, package))
        with lock:
            sent[to, document_id] = hashlib.sha256(package).hexdigest()
            if len(sent) == PACKAGES // 2:
                print("half", flush=True)


def receive(system):
    vxp = client(system)
    while True:
        finished = everything_sent.is_set()
        rows = until_good(vxp.received)["data"]
        if not rows and finished:
            return
        for row in rows:
            answer = vxp.get(row["docId"])
            if answer["ErrorCode"] == "31" and row["docId"] in docs:
                # Its done had been taken though the answer was lost.
                continue
            package = base64.b64decode(until_good(lambda: vxp.get(row["docId"]))["data"]) if answer["status"] != "OK" else base64.b64decode(answer["data"])
            key = row["to"], packages.text_of(package, "DocumentId")
            with lock:
                known = docs.setdefault(row["docId"], key)
                assert known == key, (known, key)
                received.setdefault(key, []).append((row["docId"], hashlib.sha256(package).hexdigest()))
            until_good(lambda: vxp.update(row["docId"], "done"))
        if not rows:
            time.sleep(0.02)


receivers = [guarded(receive, system) for system in (0, 1)]
senders = [guarded(send, system, range(1 + system, PACKAGES + 1, 2)) for system in (0, 1)]
for thread in senders:
    thread.join()
everything_sent.set()
for thread in receivers:
    thread.join()
assert not problems, problems

assert len(sent) == PACKAGES
assert received.keys() == sent.keys(), "nothing lost, nothing from nowhere"
for key, times in received.items():
    assert {digest for _, digest in times} == {sent[key]}, "byte for byte"
    assert len({doc_id for doc_id, _ in times}) == 1, "one package for one receiver has one docId"
assert len(docs) == PACKAGES, "nothing twice"
for system in (0, 1):
    assert good(client(system).count("Edoc"))["count"] == 0
    rows = []
    for page in range(1, 100):
        more = good(client(system).sent(pageSize="200", pageIndex=str(page)))["data"]
        rows += more
        if not more:
            break
    assert len(rows) == PACKAGES // 2 and {row["receiveStatus"] for row in rows} == {"done"}, len(rows)
again = sum(len(times) - 1 for times in received.values())
print(f"{PACKAGES} packages, each once; {again} got again around the death of the hub")
