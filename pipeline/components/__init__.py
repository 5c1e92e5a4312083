"""spaCy components, one factory per file; results lie on ``doc._.claims_*`` and ``doc.spans["claims_*"]``."""
