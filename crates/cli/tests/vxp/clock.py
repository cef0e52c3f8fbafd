"""Times are hub time. Arguments: endpoint, id and secret of a system for H54 and H25, the day and time that it is, a number."""

import base64
import sys

import packages
from client import Client, good

endpoint, system, secret, now, number = sys.argv[1:]
vxp = Client(endpoint, system, secret)
document_id, package = packages.document("H54", ["H25"], number)
doc_id = good(vxp.send("H54", package))["DocId"]
(row,) = good(vxp.received())["data"]
assert (row["created_time"], row["updated_time"]) == (now, now), row
good(vxp.update(row["docId"], "done"))
(row,) = good(Client(endpoint, system, secret).sent(docId=doc_id))["data"]
assert (row["sentTime"], row["receivedTime"]) == (now, now), row
(row,) = good(vxp.received("status"))["data"]
assert row["created_time"] == now, row
status = base64.b64decode(good(vxp.get(row["docId"]))["data"])
assert packages.text_of(status, "Timestamp") == now, status.decode()
good(vxp.update(row["docId"], "done"))
day = now.split(" ")[0]
assert good(Client(endpoint, system, secret).sent(fromDate=day, toDate=day))["data"]
print(doc_id)
