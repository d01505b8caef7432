"""The steps, each named by its revision: four digits, one more than the step before."""
