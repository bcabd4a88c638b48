"""A provider that answers at once: the cost of a debit without the cost of a bank."""

import asyncio
import json
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_ANSWERS: Final[dict[str, Callable[[int], dict[str, object]]]] = {
    "/pg/v4/payment/request.json": lambda n: {"code": 100, "authority": f"S{n:035}"},
    "/pg/v4/payman/checkout.json": lambda n: {"code": 100, "refrence_id": n, "amount": None},
}


@contextmanager
def answering() -> Iterator[int]:
    """Run it in a process of its own; yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(port,), daemon=True)
    process.start()
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.join()


def _wait(port: int) -> None:
    for _try in range(200):
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the responder does not answer")


def _serve(port: int) -> None:
    asyncio.run(_run(port))


async def _run(port: int) -> None:
    server = await asyncio.start_server(_Conversation().hold, "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


class _Conversation:
    """Reads requests one after another and answers each by its path."""

    def __init__(self) -> None:
        self.answered = 0

    async def hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                )
                await reader.readexactly(length)
                writer.write(self._answer(head.split(b" ", 2)[1].decode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, path: str) -> bytes:
        self.answered += 1
        body = json.dumps({"data": _ANSWERS[path](self.answered), "errors": []}).encode()
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + str(len(body)).encode()
            + b"\r\n\r\n"
            + body
        )
