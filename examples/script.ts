import { pipeline, task } from 'gofer-serverless';

const script = `
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for i in $(seq 1 "$ROWS"); do
  echo "$i,$((i * i))" >> "$work/squares.csv"
done

echo "$(wc -l < "$work/squares.csv") rows, the last is $(tail -n 1 "$work/squares.csv")"
`;

/** A script of any length is an argument of a shell: no image needs to be built for it. */
export default pipeline({
  id: 'script',
  tasks: [
    task({ id: 'squares', image: 'busybox:latest', command: ['sh', '-c', script], variables: { ROWS: '10' } }),
    task({
      id: 'arguments',
      description: 'What follows the script are its $0, $1, …',
      image: 'busybox:latest',
      entrypoint: ['sh', '-c'],
      command: ['echo "$1 and $2"', 'script', 'one', 'two'],
      depends_on: { squares: 'success' },
    }),
  ],
});
