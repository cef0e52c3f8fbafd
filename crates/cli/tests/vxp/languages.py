"""What is refused is said in Vietnamese, or in English to who asks for it. Arguments: endpoint, then id and secret of each system."""

import sys

import packages
from client import Client, failed, good

endpoint, one_id, one_secret, *_ = sys.argv[1:]
_, foreign = packages.document("H25", ["H54"], "31")
_, unknown = packages.document("H54", ["H99.99"], "32")
_, malformed = packages.document("H54", ["H25"], "33", subject="")
calls = {
    "15": lambda vxp: Client.agencies(Client(endpoint, one_id, "không đúng", language=vxp.language)),
    "18": lambda vxp: vxp.send("H54", unknown),
    "19": lambda vxp: vxp.send("H25", foreign),
    "22": lambda vxp: vxp.send("H54", malformed),
    "30": lambda vxp: vxp.received("khac"),
    "31": lambda vxp: vxp.get("0" * 24),
    "35": lambda vxp: vxp.send("H54", packages.status("H54", "H40", "H40,2020/01/01,9/X", "03"), "status"),
    "36": lambda vxp: vxp.send("H54", packages.status("H54", "H40", "H40,2020/01/01,9/X", "99"), "status"),
}
titles = {
    "15": ("Sai mã hệ thống hoặc chữ ký HMAC", "Wrong system id, secret or HMAC"),
    "18": ("Cơ quan nhận không có trong danh bạ", "The receiver is unknown"),
    "19": ("Cơ quan gửi chưa được đăng ký cho hệ thống này", "The sender is not registered for this system"),
    "22": ("Gói tin không đúng quy chuẩn edXML", "The package does not conform to edXML"),
    "30": ("Thiếu tham số hoặc tham số sai", "A parameter is missing or wrong"),
    "31": ("Không có gói tin mang docId này", "No package has this docId"),
    "35": ("Không tìm thấy văn bản được dẫn chiếu", "The document referred to is unknown"),
    "36": ("Trạng thái không đúng trình tự", "The status does not fit"),
}
for code, call in calls.items():
    said = [failed(call(Client(endpoint, one_id, one_secret, language=language)), code) for language in (None, "vi", "en-US")]
    said = [answer["ErrorDesc"] for answer in said]
    vietnamese, english = titles[code]
    assert said[0] == said[1] and said[0].startswith(vietnamese), (code, said)
    assert said[2].startswith(english) and vietnamese not in said[2], (code, said)
for language, expected in ((None, "Thành công"), ("en", "Good")):
    assert good(Client(endpoint, one_id, one_secret, language=language).count("Edoc"))["ErrorDesc"] == expected
print("both languages")
