"""Finding predictions: cue words, the clause they govern, how sure it is, on which condition, and until when."""
