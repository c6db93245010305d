"""What goes wrong with a cache, as far as its user has to know."""


class InvalidationUnconfirmed(Exception):
    """
    Some process may still serve the old value; this one does not. Invalidate again.

    Attributes:
        cache: The cache's name.
        waited_s: How long it was tried.
    """

    def __init__(self, *, cache: str, waited_s: float) -> None:
        self.cache = cache
        self.waited_s = waited_s
        super().__init__(
            f"Cache {cache!r}: the invalidation is not confirmed after {waited_s:.1f} s, "
            "and other processes may still serve the old value. Invalidate it again."
        )


class NoLoader(TypeError):
    """
    A cache was asked in a way that it was given no function for.

    Attributes:
        cache: The cache's name.
        setting: What has to be given.
    """

    def __init__(self, *, cache: str, setting: str) -> None:
        self.cache = cache
        self.setting = setting
        super().__init__(f"Cache {cache!r} was made without {setting}; give it one.")


class NoClient(TypeError):
    """
    A store was asked in a way that it was given no client for.

    Attributes:
        setting: What has to be given.
    """

    def __init__(self, *, setting: str) -> None:
        self.setting = setting
        super().__init__(f"RedisResults was made without {setting}; give it one.")


class RememberedFailure(Exception):
    """
    A load failed a short while ago, in a way that the cache was told to remember.

    Attributes:
        cache: The cache's name.
        kind: The class of the error that the load raised: 'NotFound'.
    """

    def __init__(self, *, cache: str, kind: str) -> None:
        self.cache = cache
        self.kind = kind
        super().__init__(f"Cache {cache!r} remembers that this load failed: {kind}.")
