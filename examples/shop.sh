# A shop that writes down, five times a second, how many requests came and failed: of
# the customers with the new checkout (canary), and of the others (control). Told to be
# 'broken', it fails three times as often as soon as anybody has the new checkout.
echo "time,arm,requests,failed" > counts.csv
while sleep 0.2; do
  failed=5
  if [ "$1" = broken ] && grep -q '"fractional"' flags.json; then failed=15; fi
  now=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)
  printf '%s,canary,100,%s\n%s,control,100,5\n' "$now" "$failed" "$now" >> counts.csv
done
