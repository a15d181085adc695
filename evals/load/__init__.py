"""Speed under load: our server beside a plain relay and a stock LangGraph, against one scripted model."""
