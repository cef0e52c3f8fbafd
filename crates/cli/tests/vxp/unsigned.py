"""A document of a system that signs nothing. Arguments: endpoint, id and secret of the system, the document's number, and the
code that the hub's policy makes of it."""

import sys

import packages
from client import Client, failed, good

endpoint, system, secret, number, expected = sys.argv[1:]
_, package = packages.document("H54", ["H25"], number)
vxp = Client(endpoint, system, secret)
answer = vxp.send("H54", package)
if expected == "0":
    assert good(answer)["DocId"]
else:
    assert failed(answer, expected)["DocId"] == "" and "SIGNATURE_MISSING" in answer["ErrorDesc"], answer
