"""A FastAPI application that takes Guestlist's tokens, and refuses everything else.

pip install fastapi uvicorn "guestlist-client[verify]"
GUESTLIST_URL=http://localhost:3000 uvicorn app:app --port 4000
"""

import os
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from pydantic import BaseModel, Field

from guestlist import GuestlistError
from guestlist.verification import AsyncTokenVerifier, TokenClaims, bearer_token, problem_response

verifier = AsyncTokenVerifier(os.environ.get("GUESTLIST_URL", "http://localhost:3000"))
app = FastAPI()


async def signed_in(request: Request) -> TokenClaims:
    """The claims of the request's token; whoever has none gets no further."""
    return await verifier.verify(bearer_token(request.headers.get("authorization")))


@app.exception_handler(GuestlistError)
async def refuse(request: Request, error: GuestlistError) -> Response:
    """401 for a token that does not authenticate, 503 when nobody can tell."""
    body, status, headers = problem_response(error)
    return Response(body, status, headers)


class NewMessage(BaseModel):
    """What people send."""

    text: str = Field(min_length=1)


class Message(NewMessage):
    """What everybody who is signed in may read."""

    user_id: str


messages: list[Message] = []
SignedIn = Annotated[TokenClaims, Depends(signed_in)]


@app.get("/messages")
async def list_messages(claims: SignedIn) -> list[Message]:
    """All messages, oldest first."""
    return messages


@app.post("/messages", status_code=201)
async def add_message(claims: SignedIn, message: NewMessage) -> Message:
    """Who wrote it is what the token says, never what the body says."""
    messages.append(Message(text=message.text, user_id=claims.user_id))
    return messages[-1]
