"""Who may call: API keys and the people behind them."""
