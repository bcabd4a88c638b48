"""A provider that answers at once: the cost of a debit without the cost of a bank."""

import asyncio
import json
import multiprocessing
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_WAITING: Final = 512
_ANSWERS: Final[dict[str, Callable[[int], dict[str, object]]]] = {
    "/pg/v4/payman/banksList.json": lambda _n: {
        "code": 100,
        "banks": [{"name": "بانک", "bank_code": "SABCIR"}],
    },
    "/pg/v4/payman/request.json": lambda n: {"code": 100, "payman_authority": f"P{n:035}"},
    "/pg/v4/payman/verify.json": lambda n: {"code": 100, "signature": f"right-to-debit-{n}"},
    "/pg/v4/payment/request.json": lambda n: {"code": 100, "authority": f"S{n:035}"},
    "/pg/v4/payment/verify.json": lambda n: {
        "code": 100,
        "ref_id": n,
        "card_pan": "603799******1234",
        "card_hash": f"{n:064X}",
        "fee": 9_000,
    },
    "/pg/v4/payman/checkout.json": lambda n: {"code": 100, "refrence_id": n, "amount": None},
}


@contextmanager
def answering() -> Iterator[int]:
    """Run it in a process of its own; yield its port.

    The door is open before the process is: who comes early waits in the line of the socket.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=_WAITING) as door:
        process = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(door,), daemon=True
        )
        process.start()
        try:
            yield int(door.getsockname()[1])
        finally:
            process.terminate()
            process.join()


def _serve(door: socket.socket) -> None:
    asyncio.run(_run(door))


async def _run(door: socket.socket) -> None:
    server = await asyncio.start_server(_Conversation().hold, sock=door, backlog=_WAITING)
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
                await reader.readexactly(_length(head))
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


def _length(head: bytes) -> int:
    return next(
        (
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ),
        0,
    )
