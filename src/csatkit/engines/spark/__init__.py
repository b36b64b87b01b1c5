"""A cluster in place of one machine: Spark reads and moves rows, our own functions count them.

```
input ─Spark─→ canonical rows, split by customer ─shuffle─→ facts of each bucket ─→ totals, added up
```

No metric and no fact is computed by Spark: its executors run the functions of `load`, `facts` and
`totals` on the rows of a bucket. What travels are frames as bytes (`packing`); what a plan reads is
bound to the rows at hand (`leaf`). `tasks` is what executors run, `cluster` what asks them to.
"""
