"""Keys: what tells one event from another, short enough to remember many."""

from hashlib import blake2b

Key = str | bytes
"""An identifier that the producer gave the event, the same at each delivery."""

# Room for a UUID, an offset or a hash in hex; what is longer is remembered as a digest.
_LONGEST_BYTES = 64
_DIGEST_BYTES = 16


def packed(key: Key) -> bytes:
    """
    Return the bytes to remember a key by, 64 at most.

    Text and its UTF-8 are the same key. Of a longer key it is a digest of 128 bits: that
    two of a billion keys share one has a chance of one in 10 to the 20th.
    """
    plain = key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key
    if len(plain) <= _LONGEST_BYTES:
        return plain
    return blake2b(plain, digest_size=_DIGEST_BYTES).digest()
