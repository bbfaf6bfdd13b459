# What the output of `go vet` and `go test` says of what failed, short: the packages, what does not compile, the first panic, the tests with their reasons, and the first data
# race. Who sees only the end of a log sees most of it. Without any of it: the last lines.

{ last[NR % 30] = $0 }

# A race is also reported by a gateway that runs as a program; then the test has it in its log, indented.
/WARNING: DATA RACE/ { if (!races++) racing = 1 }
racing {
	if (/==================/ || lines_of_race > 60) racing = 0
	else if (/^ *(testing\.|main\.main|net\/http)/) frame = 2 # whose call it was says nothing
	if (racing && frame-- <= 0) { race = race $0 "\n"; lines_of_race++ }
	next
}

/^(panic|fatal error): / && !panics++ { panicking = 30 }
panicking > 0 { panic = panic $0 "\n"; panicking-- }

/^# / { compiling = 1; left = 20 }
/^(FAIL|ok|\?|---)/ { compiling = 0 }
compiling && left-- > 0 { build = build $0 "\n" }

# The lines of a test follow it, indented; those of its subtests are further in.
/^ *--- FAIL: / { failing = 1; left = 15; tests = tests $0 "\n"; next }
/^[^ \t]/ || /^ *--- / { failing = 0 }
failing && left-- > 0 { tests = tests substr($0, 1, 400) "\n" }
failing && left == -1 { tests = tests "        (more of it is above)\n" }

/^FAIL[ \t]/ { packages = packages $0 "\n" }

END {
	printf "%s", packages
	if (build != "") printf "\n%s", build
	if (panics) printf "\n%s", panic
	if (tests != "") printf "\n%s", tests
	if (races) printf "\nData races: %d. The first:\n%s", races, race
	if (tests packages build panic race == "")
		for (i = NR > 30 ? NR - 29 : 1; i <= NR; i++) print last[i % 30]
}
