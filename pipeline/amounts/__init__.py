"""Reading amounts of money, percentages and multiples: lexer, numbers, currencies, grammar, clause, exchange."""
