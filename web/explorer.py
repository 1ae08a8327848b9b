"""The explorer: GraphiQL, served whole from here, so that it opens where there is no internet."""

import hashlib
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "explorer"
TYPES = {".js": "text/javascript", ".css": "text/css"}

# Nothing but this server may be asked for anything. GraphiQL writes some of its styles while it runs, and carries its
# fonts and pictures inside its stylesheet.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_GUARDS = {"content-security-policy": _POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_PAGE_HEADERS = {**_GUARDS, "cache-control": "no-cache", "vary": "accept"}
_ASSET_HEADERS = {**_GUARDS, "cache-control": "public, max-age=31536000, immutable"}


class Explorer:
    """The page at `/graphql`, and what it loads from an address that changes with the content, so it can be kept."""

    def __init__(self) -> None:
        self._assets = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}
        digest = hashlib.sha256(b"".join(self._assets.values())).hexdigest()[:16]
        self._page = (FOLDER / "index.html").read_text(encoding="utf-8").replace("{assets}", f"explorer/{digest}")
        self.route = Route(f"/explorer/{digest}/{{name}}", self._asset)

    def page(self) -> Response:
        return HTMLResponse(self._page, headers=_PAGE_HEADERS)

    def _asset(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        if name not in self._assets:
            raise HTTPException(404)
        return Response(self._assets[name], media_type=TYPES[Path(name).suffix], headers=_ASSET_HEADERS)
