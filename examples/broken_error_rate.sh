# The shop's error rate in percent: it breaks as soon as anybody has the new checkout.
if grep -q '"fractional"' flags.json; then echo 7.5; else echo 0.2; fi
