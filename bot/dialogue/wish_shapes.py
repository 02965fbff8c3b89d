"""Commands that people put together from a few words, in many ways: no list could hold them."""

from __future__ import annotations

import re

_REACH = (
    r"(gap|gap mat|noi chuyen|noi|trao doi|lien he|ket noi|goi|goi dien|goi dien thoai|chuyen may|noi may"
    r"|so|so dien thoai|sdt)( truc tiep)?( voi| cho| den| toi| cua)?"
)
_SOMEBODY = (
    r"chu tich|pho chu tich|bi thu|lanh dao|giam doc|sep|quan ly|truong phong|can bo( truc| phuong| xa)?"
    r"|nguoi( that| truc)?|nguoi phu trach|nguoi co trach nhiem|nguoi co tham quyen|con nguoi|nhan vien|cap tren"
    r"|tong dai( vien)?|truc ban"
)
_NAME = (
    r"( (?!(khong|ko|chua|thi|roi|ma|ho|nhung|de|bi|hoai|mai|goi|nghe|tat|tra loi|ghi|sai|rat|kho|qua|lam|ban)\b)"
    r"\w+){0,3}"
)
"""Whose they are, in a few words that tell nothing of them."""
_THERE = (
    r"( cua)?( o)? (phuong|xa|quan|huyen|ubnd|uy ban|thanh pho|tp|ha noi|so|don vi|day|nay)"
    rf"{_NAME}"
)
_THEY = (
    r"(ai|ho|nguoi ta|nguoi khac|hang xom|nh[aà] (ho|do|kia|ben)|phuong|can bo|to dan pho"
    r"|(ong|ba|anh|chi|co|chu|em|thang|con|may) (ay|do|kia|ta|nay))"
)
"""Of whom somebody who reports may be afraid."""
_OWN = r"( cua)?( (toi|em|minh|bac|chau|con))?"
_THIS = r"(phan anh|vu|viec|tin|cai|chuyen)( nay)?"
_ASKED = r"(khong|ko|k|ha|chua|nhi|vay|the|day|nay|no|ho|viec|vu|tin|chuyen|anh|cao|len|phuong|cong an|don|lo|ai)"
SHAPES = (
    (
        re.compile(
            r"(dong y|ok|oke|duoc),? (nhung|ma|mien la|voi dieu kien) (la )?(đừng|dung|khong|ko)"
            r" .*\b(ten|so|sdt|biet|cong khai)\b.*"
        ),
        "giauten",
    ),
    (
        re.compile(
            r"(so|so dien thoai|sdt|dien thoai|hotline|duong day nong)( cua)?"
            r" (phuong|xa|ubnd|uy ban|co quan|don vi|can bo|nguoi (xu ly|phu trach))"
            rf"{_NAME}"
        ),
        "gapnguoi",
    ),
    (
        re.compile(
            rf"(hoi|hoi tham|hoi ve)( lai)?( (ve|cai|vu|viec|phan anh|don))+( \w+){{0,3}}"
            rf" (hom (truoc|no|qua)|tuan truoc|lan truoc|da gui|da bao{_OWN}|cua (toi|em|minh|bac|chau))"
        ),
        "cuatoi",
    ),
    (
        re.compile(
            rf"(can |phai |doi |yeu cau )?{_REACH} ((ong|ba|mot) )?({_SOMEBODY})({_THERE})?"
            r"( that| ngay)*( chu (khong|ko) phai may)?"
        ),
        "gapnguoi",
    ),
    (
        re.compile(r"((phai|nen|can|biet) )*(goi|gap|hoi|lien he|noi chuyen)( dien)?( cho| voi)? ai( bay gio| gio)?"),
        "gapnguoi",
    ),
    (re.compile(r"co (ai|nguoi)( that| truc| nao)?( o (do|day))?( truc| nghe( may)?)? (khong|ko|k)"), "gapnguoi"),
    (
        re.compile(r"(talk|speak) (to|with) (a |an |the )?((real )?(human|person)|manager|officer|someone|somebody)"),
        "gapnguoi",
    ),
    (
        re.compile(
            r"(vu|phan anh)( \w+){1,3} cua (toi|em|minh|bac|chau)( da gui)?( xu ly)?"
            r" (den dau|toi dau|sao roi|ra sao|the nao|xong chua)( roi)?"
        ),
        "cuatoi",
    ),
    (
        re.compile(r".*\b(vu|viec|phan anh|don)\b.*\b(den dau|toi dau|sao roi|ra sao|the nao|xong chua)( roi| a)?"),
        "cuatoi",
    ),
    (
        re.compile(
            r"((ok|oke|uh|u|vang|co|roi|da|toi|minh|em),? )*(goi|bao)( dien)?( cho)?"
            r"( 11\d| cong an| cuu hoa| cap cuu| canh sat)* roi|11\d roi"
        ),
        "dagoi",
    ),
    (re.compile(r"((yes|ok|i|we|have|already),? )*called( 11\d| them| the police| already)*"), "dagoi"),
    (
        re.compile(
            r"((quen|mat|khong nho|gui|nhac|doc|lay|xem|coi|hoi|so) )*(lai )?ma( so)?"
            rf"( (phan( anh)?|ho so|theo doi|tra cuu|vu))?{_OWN}"
            r"( (la )?(gi|bao nhieu|so may|dau|o dau))?( (nhi|roi|vay|the|mat|r|a))*(,? (.* )?(quen|mat)( .*)?)?"
        ),
        "cuatoi",
    ),
    (
        re.compile(r"((what's|what is|what was|i|forgot|lost|send|me|again) )*my (report )?(code|number)( again)?"),
        "cuatoi",
    ),
    (
        re.compile(
            r"(ai|(co quan|don vi|cho|noi|phuong|nguoi) nao)( dang| se| da)? (giu|xu ly|giai quyet|phu trach|tiep nhan)"
            rf"( (vu|viec|phan anh|cai)( nay| do)?{_OWN})?( (vay|the|day|nhi|roi))*"
        ),
        "cuatoi",
    ),
    (
        re.compile(
            r"who (will|is going to|is|does)( be)? (handl|deal|tak|responsible|in charge)\w*"
            r"( (care|of|with|for|it|this|that|my|report|case))*"
        ),
        "cuatoi",
    ),
    (
        re.compile(
            r"(the |vay )*(mat |khoang )?(bao lau|bao gio|khi nao|chung nao)( (thi|moi|se|duoc|co|nua))*"
            r" (giai quyet|xu ly|ket qua|tra loi|phan hoi)( (xong|cho (toi|em|minh)|vay|the|nhi))*"
        ),
        "cuatoi",
    ),
    (re.compile(r"(sao )?(ma )?(lau|cham) (the|vay|du|ghe|thiet)( (nhi|roi|ta))*"), "giuc"),
    (
        re.compile(
            r"(thoi|bo|di|qua|ma|,| )*(khong|ko|khoi|đừng) (can |muon |them )?(bao|gui|phan anh|kien nghi)( cao| don)?"
            r"( (nua|dau|lam gi|chi))+"
        ),
        "huy",
    ),
    (
        re.compile(r"(rut|huy|xoa)( lai| bo)*( (cai|may))*( (phan anh|vu)( \w+)?| don)( (nay|do|kia))?"),
        "huy",
    ),
    (
        re.compile(
            r"((phan anh|vu|viec|tin|cai|chuyen|nay|hay|nho|muon|duoc) )*(giu|de|cho) (kin|rieng tu|bi mat)"
            rf"( {_THIS})?"
        ),
        "kin",
    ),
    (
        re.compile(
            r"(đừng|dung|khong|ko|khoi)( muon| can| cho| de)* (cong khai|đăng len|dang len)"
            rf"( {_THIS}|( len)? mang)*"
        ),
        "kin",
    ),
    (
        re.compile(
            r"(please )?(keep|make) (it|this|my report|that) (private|secret|confidential)|(do not|don't) publish.*"
        ),
        "kin",
    ),
    (
        re.compile(
            rf"(.* )?(đừng|dung|so|(khong|ko) muon)( bi| cho| de)* {_THEY} biet( (la )?(toi|em|minh|bac|chau).*)?"
        ),
        "giauten",
    ),
    (
        re.compile(
            r"(the |vay |roi )*(nhung )?ai (se )?(doc|xem|thay|biet)( duoc)?"
            r"( (tin|tin nhan|phan anh|loi|cai|nhung gi))?( (nay|day|toi (gui|viet|ke|nhan)))?"
        ),
        "giauten",
    ),
    (
        re.compile(
            r"(who|can anyone|will anyone|will they) (can |will )?(read|see|know)s? "
            r"((about )?(it|this|that|me|us)|my|i|who i|what i|the (report|message))\b.*"
            r"|is (it|this) (anonymous|private)"
        ),
        "giauten",
    ),
    (re.compile(r"(i want to |can i |let me )*(stay|be|remain|keep me) (anonymous|private)"), "giauten"),
    (
        re.compile(
            r".*\b(lo|giau|giu kin|giu bi mat|bao mat|an)( lo)? (ten|danh|danh tinh|thong tin)\b"
            r"(?! (khach|hoc sinh|benh nhan|cu dan|nguoi (ban|mua)|bien|kem)\b).*"
        ),
        "giauten",
    ),
    (
        re.compile(
            r"((xin|mong|nho|nhung) )*(đừng|dung|khong|ko)( can)? (neu|dua|cong khai)( ro)?"
            r" (ten|danh tinh|so|sdt|so dien thoai)( cua)? (toi|em|minh|bac|chau|tui)( ra| len)?"
        ),
        "giauten",
    ),
    (
        re.compile(
            r"(tai sao|vi sao|sao)( lai)? (phai|can|hoi|xin|doi|lay) .*\b(so|ten|dong y|thong tin|dien thoai|sdt)\b"
            r"(?! (nh[aà]|thu tu|ho khau|tien|cong to|duong|pho|ngo|moi)\b).*"
        ),
        "giauten",
    ),
    (
        re.compile(
            r"(the |vay |roi )*(nhung )?(ai|nhung ai) (se )?(doc|xem|thay|biet)( duoc)?( \w+)? ?"
            r"(ten|so|so dien thoai|sdt|thong tin)( cua)?( toi| em| minh| bac| chau)?"
        ),
        "giauten",
    ),
    (
        re.compile(rf".*\bco biet( la)? (toi|em|minh|bac|chau|ai) .*\b(bao|to|gui|khai|phan anh|phan)\b( {_ASKED})*"),
        "giauten",
    ),
    (
        re.compile(
            r".*\b(đừng|dung|khong|ko) (cho|de) .*\bbiet (la )?((ten|so|mat)( cua)?( toi| em| minh| bac| chau)?|toi|em)"
        ),
        "giauten",
    ),
    (
        re.compile(
            r"(co |bat buoc )*(phai|can|bat buoc)( phai| ghi| cho| khai| dien| de)*"
            r" (ten|so|sdt|so dien thoai)( that)?( khong| ko| ha)?"
        ),
        "giauten",
    ),
    (
        re.compile(
            r"(tai sao|vi sao|sao)( lai)? (chuyen|gui|giao)( (phan anh|vu|viec|tin)( nay| cua (toi|em|minh))?)?"
            r"( (cho|den|toi|ve|sang|qua))? (phuong|xa|ubnd|uy ban|so|cong an|don vi|co quan)( \w+){0,2}( (vay|the))?"
        ),
        "visao",
    ),
    (re.compile(r"((ok|oke|oki|u|uh|vang),? )*gui( (di|luon|ngay|lien|nhanh|len|cho (xong|roi)))+"), "gui"),
    (re.compile(r"why (was|is) (it|my report|this) (sent|given|passed) to .+"), "visao"),
    (re.compile(r"(danh gia |cham )?[1-5] sao"), "danhgia"),
    (
        re.compile(
            r"(the |vay )*(co )?((phai )?(mat|ton|dong|tra|thu|tinh)( them)? (tien|phi|le phi)|mat phi|mien phi)"
            r"( gi| nao)?( (vay|the))*( (khong|ko|k|ha|sao|a))( (vay|the|a|ha))*"
        ),
        "mienphi",
    ),
    (
        re.compile(
            r"((day|may|ban|ad|co) )*(phai )?((la )?(bot|robot|may|nguoi( that)?|ai)|tu dong)"
            r"( hay( la)? (bot|robot|may|nguoi( that)?))?( tra loi)?"
            r"( (ha|a|khong|ko|phai khong|dung khong|vay|the))+"
        ),
        "laai",
    ),
    (
        re.compile(
            r"(lam sao|lam the nao|lam cach nao|cach)( nao)?( (de|ma))?"
            r" (gui|them|chup|sua|theo doi|bao|phan anh|dung|nhap)"
            r"( (anh|phan|hinh|video|clip|tin|vi tri|dinh vi|dia|chi|ma|thong tin|vu|viec|ten|so|dien thoai|loi|them"
            r"|cai|may|nay|day|do|duoc|len|vao|lai|bang|cho|den|phuong|toi|minh|em|ban|bot|app|nua|khong|vay|the))*"
        ),
        "trogiup",
    ),
    (
        re.compile(
            r"(cai|do|day|the|theo doi|dong y|ma|linh vuc|gui|xin|hoi|lay|anh|hinh|vi tri|dinh vi|sdt|so|dien thoai|ten"
            r"|phan anh|nay| )+ (la sao|nghia la gi|la the nao|de lam gi|lam gi)( (vay|the|nhi|ha))*"
        ),
        "trogiup",
    ),
    (
        re.compile(r"(what|why) (is|are|do|does) (it|that|this|you|they) (for|mean|need|need that|need it|asking|ask)"),
        "trogiup",
    ),
    (
        re.compile(
            r"(gui|bo sung|them|goi)( them)? (may |vai |1 |mot |tam )?(anh|hinh|video|clip|giay to|thong tin)"
            r"( (nay|nua|khac|day))*"
        ),
        "bosung",
    ),
    (
        re.compile(
            r"(xoa|huy)( bo| sach| het| toan bo| tat ca| moi| nhung| cac)* (thu|thong tin|du lieu|tai khoan)"
            r"( ca nhan)?( (ve|cua)( (toi|em|minh|bac|chau|con|tui))?)?"
        ),
        "xoa",
    ),
    (re.compile(r"(delete|erase|remove) (everything|all|all data|my account)( about)?"), "xoa"),
)
"""Folded words with the command that they mean: "phản ánh hôm nọ của tôi thế nào", "gọi 114 rồi"."""
