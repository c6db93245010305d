"""Why a webhook was not processed, each as its own class with its HTTP status."""

from typing import ClassVar


class WebhookError(Exception):
    """
    A delivery was not processed, and the sender is told why.

    Messages hold nothing of the body, the signature or the secret.

    Attributes:
        status: What to answer.
        reason: For the answer's body and for metrics: 'invalid_signature'.
    """

    status: ClassVar[int] = 400
    reason: ClassVar[str] = "refused"


class MissingHeader(WebhookError):
    """
    A header that Standard Webhooks asks for is not there.

    Attributes:
        header: Its name.
    """

    reason = "missing_header"

    def __init__(self, header: str) -> None:
        self.header = header
        super().__init__(f"The header {header} is missing.")


class MalformedHeader(WebhookError):
    """
    A header is there and cannot be what a sender meant.

    Attributes:
        header: Its name.
        rule: What it has to be.
    """

    reason = "malformed_header"

    def __init__(self, header: str, rule: str) -> None:
        self.header = header
        self.rule = rule
        super().__init__(f"The header {header} has to be {rule}.")


class InvalidSignature(WebhookError):
    """No signature of the delivery is that of a known secret."""

    status = 401
    reason = "invalid_signature"

    def __init__(self) -> None:
        super().__init__("No signature fits the body and a known secret.")


class Expired(WebhookError):
    """
    The delivery is too old, or from the future.

    Attributes:
        age_s: Seconds since it was sent; negative for the future.
        window_s: How many are allowed, in both directions.
    """

    status = 401
    reason = "expired"

    def __init__(self, age_s: float, window_s: float) -> None:
        self.age_s = age_s
        self.window_s = window_s
        super().__init__(
            f"The delivery is {age_s:.0f} s old; at most {window_s:.0f} s are allowed, "
            "in both directions. Check the clocks of both sides."
        )


class BodyTooLarge(WebhookError):
    """
    The body is larger than the receiver takes.

    Attributes:
        bytes_max: What it takes.
    """

    status = 413
    reason = "body_too_large"

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        super().__init__(f"The body has more than {bytes_max} bytes.")


class InvalidBody(WebhookError):
    """The body was signed by the sender, and is no JSON."""

    reason = "invalid_body"

    def __init__(self, why: str) -> None:
        super().__init__(f"The body is no JSON: {why}.")


class Replayed(WebhookError):
    """
    The delivery was processed before; there is nothing left to do.

    The answer is a success, or the sender would send it for ever.
    """

    status = 200
    reason = "replayed"

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier
        super().__init__(f"The delivery {identifier} was processed before.")


class InProgress(WebhookError):
    """
    The same delivery is being processed right now; its end is not known yet.

    The answer is no success, so that the sender comes back in case it fails.
    """

    status = 409
    reason = "in_progress"

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier
        super().__init__(f"The delivery {identifier} is being processed.")


class StoreFull(WebhookError):
    """
    The memory holds as many recent deliveries as it may.

    To forget one would let it be replayed; the sender has to come back later.
    """

    status = 503
    reason = "store_full"

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        super().__init__(
            f"{capacity} recent deliveries are remembered, and no more fit. Give the "
            "store more capacity, or keep identifiers in PostgreSQL."
        )
