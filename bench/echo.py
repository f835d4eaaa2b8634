"""A FastAPI application that sends back what came: as fast as the web framework alone can be."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI()

    @app.post("/v1/evaluate")
    async def evaluate(request: Request) -> Response:
        return Response(await request.body(), media_type="application/json")

    return app
