"""Daily digests: one number a day that stands for all logs, to be printed or published."""
