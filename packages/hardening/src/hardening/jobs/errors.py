"""What goes wrong with jobs and their letters, by its name."""


class Fenced(Exception):
    """
    This attempt no longer owns its job: somebody took the job from it.

    Raised by the next beat of an attempt that was silent for too long. Stop the work;
    whatever the attempt returns changes nothing.

    Attributes:
        job_id: The job.
        attempt: Counted from 1.
    """

    def __init__(self, *, job_id: str, attempt: int) -> None:
        self.job_id = job_id
        self.attempt = attempt
        super().__init__(
            f"Attempt {attempt} of job {job_id} was silent for too long and has been "
            "taken away from this worker. Stop; its result will not be taken."
        )


class LetterNotFound(Exception):
    """No dead letter has this number."""

    def __init__(self, letter_id: int) -> None:
        self.letter_id = letter_id
        super().__init__(
            f"There is no dead letter {letter_id}; it may have been purged. "
            "Search for the job's id instead."
        )


class LetterSettled(Exception):
    """
    The dead letter is not waiting: it was redriven, discarded, or is being redriven.

    Attributes:
        letter_id: Its number.
        status: What it is instead.
    """

    def __init__(self, letter_id: int, status: str) -> None:
        self.letter_id = letter_id
        self.status = status
        super().__init__(
            f"Dead letter {letter_id} is {status}, not waiting; nothing was sent."
        )


class NotRedrivable(Exception):
    """
    The job cannot be sent again from its letter.

    Attributes:
        letter_id: Its number.
        why: What is missing.
    """

    def __init__(self, letter_id: int, why: str) -> None:
        self.letter_id = letter_id
        self.why = why
        super().__init__(
            f"Dead letter {letter_id} cannot be redriven: {why} It still waits."
        )


class SendUncertain(Exception):
    """
    The broker failed while a job was sent again; nobody knows whether it has it.

    Attributes:
        letter_id: The letter; it stays `redriving`.
    """

    def __init__(self, letter_id: int) -> None:
        self.letter_id = letter_id
        super().__init__(
            f"Sending dead letter {letter_id} failed, perhaps after the broker took it. "
            f"Look there for the job dlq-{letter_id}; if it is not there, call "
            f"release({letter_id}, older_than_s=0)."
        )


class UnsupportedQueue(Exception):
    """The installed job library does not have the functions that this piece calls."""

    def __init__(self, *, library: str, missing: str) -> None:
        self.library = library
        self.missing = missing
        super().__init__(
            f"{library} has no {missing}, which the dead letters call. Install a "
            "version that hardening[jobs] names."
        )
