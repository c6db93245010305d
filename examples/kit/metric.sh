# Print one number of the service, as it stands now: sh metric.sh NAME. It stands for a
# question to a monitoring system; `cut -d, -f1 readings.csv` lists the names.
awk -F, -v name="$1" '
  $1 == name { print $2; found = 1 }
  END {
    if (!found) { print "The service has no number named " name "." > "/dev/stderr"; exit 1 }
  }' readings.csv
