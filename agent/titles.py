"""Titles of conversations: the model's where there is one that answers, else made of the person's words by code."""

import asyncio
import logging
from collections.abc import Sequence

from langchain_core.messages import HumanMessage

import prompts
from domain.model_calls import ModelFailure
from graphs.pieces import ChatModel
from language.titles import cleaned, title

logger = logging.getLogger("metacortex.titles")
PATIENCE_SECONDS = 30.0


async def titled(model: ChatModel | None, said: Sequence[str], answer: str) -> str | None:
    """The title of what was said; None where the person only greeted. A model that fails changes nothing."""
    made = title(said)
    if made is None or model is None:
        return made
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            spoken = await model.ainvoke([HumanMessage(prompts.title(said="\n\n".join(said), answered=answer))])
    except (ModelFailure, TimeoutError) as error:
        logger.warning("the model gave no title (%s)", error)
        return made
    return cleaned(spoken.text) or made
