"""Reads and writes checkpoints with nothing but the standard library: the header, and the MessagePack map behind it, tensors as bytes."""
import struct


class Tensor(tuple):
    """(dtype, rows, columns, bytes)"""


def header(content):
    """(major, sequence, payload bytes, payload CRC32C), or None if these are not the bytes of a header."""
    if len(content) < 32 or content[:7] != b"\xc7\x1dSYNAP":
        return None
    sequence, size, crc = struct.unpack_from("<QII", content, 12)
    return content[7], sequence, size, crc


def read(path):
    """The payload as a dict, its sequence under the key "sequence"."""
    with open(path, "rb") as file:
        content = file.read()
    _, sequence, size, _ = header(content)
    payload, end = _unpack(content, 32)
    assert end == 32 + size
    payload["sequence"] = sequence
    return payload


def write(path, payload):
    """A checkpoint of what read() gave, perhaps changed."""
    content = _pack({key: value for key, value in payload.items() if key != "sequence"})
    head = b"\xc7\x1dSYNAP" + struct.pack("<BBBHQII", 1, 0, 0, 0, payload["sequence"], len(content), _crc32c(content))
    with open(path, "wb") as file:
        file.write(head + struct.pack("<I", _crc32c(head)) + content)


def _crc32c(content):
    crc = 0xffffffff
    for byte in content:
        crc = CRC_TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xffffffff


def _crc_entry(value):
    for _ in range(8):
        value = value >> 1 ^ (0x82f63b78 if value & 1 else 0)
    return value


CRC_TABLE = [_crc_entry(value) for value in range(256)]


def _pack(value):
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return struct.pack(">BQ", 0xcf, value)
    if isinstance(value, float):
        return struct.pack(">Bf", 0xca, value)
    if isinstance(value, str):
        text = value.encode()
        return struct.pack(">BB", 0xd9, len(text)) + text
    if isinstance(value, bytes):
        return struct.pack(">BI", 0xc6, len(value)) + value
    if isinstance(value, Tensor):
        dtype, rows, columns, content = value
        return b"\x83" + _pack("d") + _pack(dtype) + _pack("s") + _pack([rows, columns]) + _pack("b") + _pack(content)
    if isinstance(value, list):
        return struct.pack(">BH", 0xdc, len(value)) + b"".join(map(_pack, value))
    return struct.pack(">BH", 0xde, len(value)) + b"".join(_pack(key) + _pack(item) for key, item in value.items())


def _number(content, at, code):
    return struct.unpack_from(">" + code, content, at)[0], at + struct.calcsize(code)


def _unpack(content, at):
    head = content[at]
    at += 1
    if head < 0x80:
        return head, at
    if head < 0x90:
        return _map(content, at, head & 15)
    if head < 0xa0:
        return _array(content, at, head & 15)
    if head < 0xc0:
        return content[at:at + (head & 31)].decode(), at + (head & 31)
    if head in (0xc0, 0xc2, 0xc3):
        return {0xc0: None, 0xc2: False, 0xc3: True}[head], at
    if 0xc4 <= head <= 0xc6:
        size, at = _number(content, at, "BHI"[head - 0xc4])
        return content[at:at + size], at + size
    if head == 0xca:
        return _number(content, at, "f")
    if 0xcc <= head <= 0xcf:
        return _number(content, at, "BHIQ"[head - 0xcc])
    if head in (0xd9, 0xda, 0xdb):
        size, at = _number(content, at, "BHI"[head - 0xd9])
        return content[at:at + size].decode(), at + size
    if head in (0xdc, 0xdd):
        size, at = _number(content, at, "HI"[head - 0xdc])
        return _array(content, at, size)
    if head in (0xde, 0xdf):
        size, at = _number(content, at, "HI"[head - 0xde])
        return _map(content, at, size)
    raise ValueError(f"type {head:#x} at {at - 1}")


def _array(content, at, size):
    items = []
    for _ in range(size):
        item, at = _unpack(content, at)
        items.append(item)
    return items, at


def _map(content, at, size):
    items = {}
    for _ in range(size):
        key, at = _unpack(content, at)
        assert key not in items, key
        items[key], at = _unpack(content, at)
    if set(items) == {"d", "s", "b"}:
        return Tensor((items["d"], *items["s"], items["b"])), at
    return items, at
