"""Reads a checkpoint with nothing but the standard library: the header, and the MessagePack map behind it, tensors as bytes."""
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
