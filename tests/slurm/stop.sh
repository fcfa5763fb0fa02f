#!/usr/bin/env bash
# Ends the jobs and the daemons that start.sh started: stop.sh FOLDER
set -uo pipefail
folder=$1
export SLURM_CONF=$folder/slurm.conf

running() { [ -r "/proc/$1/comm" ]; }

# end NAME: by its own process number, gently first
end() {
    local pid
    pid=$(cat "$folder/run/$1.pid" 2>/dev/null) || return 0
    running "$pid" && kill "$pid"
    for _ in $(seq 100); do running "$pid" || break; sleep 0.1; done
    running "$pid" && kill -KILL "$pid"
    rm -f "$folder/run/$1.pid"
}

if [ -s "$folder/run/slurmctld.pid" ]; then
    timeout 10 scancel --user "$(id -un)"
    for _ in $(seq 50); do [ -n "$(timeout 10 squeue -h)" ] || break; sleep 0.2; done
fi
for name in slurmd slurmctld slurmdbd database munged; do end "$name"; done
[ "$(readlink /etc/slurm/slurm.conf)" = "$SLURM_CONF" ] && rm /etc/slurm/slurm.conf
exit 0
