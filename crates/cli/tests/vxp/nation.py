"""The address book of a nation. Arguments: endpoint, id and secret of a system, and how many agencies there are."""

import sys

from client import Client, good

endpoint, system, secret, agencies = *sys.argv[1:4], int(sys.argv[4])
vxp = Client(endpoint, system, secret)
listed = good(vxp.agencies())["data"]
codes = {row["code"] for row in listed}
assert len(listed) == len(codes) == agencies, (len(listed), len(codes), agencies)
assert all(row["name"] and (row["pid"] in codes or not row["pid"]) for row in listed)
units = good(vxp.units())["data"]
assert {unit["code"] for unit in units} == codes and all(unit["isAgency"] for unit in units)
by_level = [good(vxp.agencies_by_level(level))["data"] for level in ("1", "2", "3", "4")]
assert sum(map(len, by_level)) == agencies and len(by_level[3]) > 100_000, [len(level) for level in by_level]
