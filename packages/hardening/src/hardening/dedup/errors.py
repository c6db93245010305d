"""What a caller of the de-duplication may have to act upon."""


class StoreUnavailable(Exception):
    """
    The store did not answer in time, or could not do what was asked.

    Attributes:
        store: Which one, without its address: an address may hold a password.
        step: What it was asked: 'look', 'mark' or 'release'.
    """

    def __init__(self, *, store: str, step: str, cause: BaseException) -> None:
        self.store = store
        self.step = step
        super().__init__(
            f"The store '{store}' of processed events failed to {step} "
            f"({type(cause).__name__}). Is its server running, and has it memory left?"
        )
