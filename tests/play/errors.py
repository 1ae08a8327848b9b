"""How errors must look to a client, whatever went wrong."""

import httpx

from resolvers.errors import ErrorCode

# Nothing of the inside ever leaves.
INSIDE = (
    "Traceback", 'File "', "asyncpg", "postgres", "select ", "pg_", "RecursionError", "KeyError", "SQL", "codec",
    "Exception", "0x", "NoneType", "object has no",
)  # fmt: skip
NEWER = "application/graphql-response+json"
CODES = {code.value for code in ErrorCode}


def well_said(answer: httpx.Response) -> set[str]:
    """The codes of the answer's errors, after looking at each of them."""
    assert answer.headers["content-type"].startswith(("application/json", "application/graphql-response+json"))
    told = answer.json()
    for error in told["errors"]:
        assert len(error["message"]) > 10 and error["extensions"]["requestId"]
        assert error["extensions"]["code"] in CODES
        assert not [word for word in INSIDE if word in error["message"]], error["message"]
        assert not error["extensions"].keys() - {"code", "requestId", "field"}
    return {error["extensions"]["code"] for error in told["errors"]}
