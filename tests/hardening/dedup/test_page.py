"""The page on de-duplication: its code runs as it stands, but for the addresses."""

import re
import threading
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "hardening" / "dedup.md"


def test_the_code_of_the_page_runs(topic, redis_url):
    """Whoever copies it has a working consumer."""
    topic.produce(["e1"])
    stopping, handled = threading.Event(), []

    def handle(message):
        handled.append(message.topic())
        stopping.set()

    names = {"handle": handle, "stopping": stopping}
    text = PAGE.read_text("utf-8").replace("redis://localhost/0", redis_url)
    text = text.replace("kafka:9092", topic.servers)
    text = text.replace('["orders"]', f'["{topic.name}"]')
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, names)  # noqa: S102 - our own page
    names["store"].close()
    assert [topic.name] == handled
