"""A document that came by gRPC, at a system. Arguments: endpoint, id and secret of the system, text of the only file."""

import base64
import io
import sys
import zipfile

import packages
from client import Client, good

endpoint, system, secret, text = sys.argv[1:]
vxp = Client(endpoint, system, secret)
(row,) = good(vxp.received())["data"]
assert (row["from"], row["to"]) == ("H54", "H26.99"), row
package = base64.b64decode(good(vxp.get(row["docId"]))["data"])
assert packages.text_of(package, "Subject") == "Góp ý dự thảo quy chế", package.decode()
assert package == base64.b64decode(good(vxp.get(row["docId"]))["data"]), "the same however often it is asked for"
encoded = packages.text_of(package, "ContentTransferEncoded")
with zipfile.ZipFile(io.BytesIO(base64.b64decode(encoded))) as archive:
    (name,) = archive.namelist()
    assert archive.read(name).decode() == text
good(vxp.update(row["docId"], "done"))
document_id = packages.text_of(package, "DocumentId")
good(vxp.send("H26.99", packages.status("H26.99", "H54", document_id, "03"), "status"))
print(document_id)
