"""A client whose parser fails: it gets a package again and again and never updates it. Arguments: endpoint, then id and secret of
each system, and `mended` or `broken`."""

import base64
import sys

import packages
from client import Client, good

endpoint, one_id, one_secret, two_id, two_secret, mended = sys.argv[1:]
one, two = Client(endpoint, one_id, one_secret), Client(endpoint, two_id, two_secret)
if mended == "mended":
    (row,) = good(two.received())["data"]
    assert "6" in row["status_desc"] and row["status"] == "initial", row
    good(two.update(row["docId"], "done"))
    assert good(two.received())["data"] == []
    sys.exit()
_, poison = packages.document("H54", ["H25"], "21")
_, other = packages.document("H54", ["H25"], "22")
for package in (poison, other):
    good(one.send("H54", package))
first, second = good(two.received())["data"]
for _ in range(6):
    assert base64.b64decode(good(two.get(first["docId"]))["data"]) == poison
good(two.get(second["docId"]))
good(two.update(second["docId"], "done"))
print(int(first["docId"][:16], 16))
