"""tests/release/pictures/bench.svg: what `make bench` measured, a row for each command, by gnuplot.

Its colors are read on white and on dark.
"""
import os
import shutil
import subprocess

PICTURE = "tests/release/pictures/bench.svg"
GRAY = "#808080"
COLORS = ("#2f8f5b", GRAY, "#d2691e", "#8a63d2", "#2b83c6")
POINTS = (7, 6, 9, 13, 5)


def picture(rows, series, subtitle):
    """rows: names, from top to bottom. series: [(name, {row: milliseconds})]. Says why where there
    is none."""
    if shutil.which("gnuplot") is None:
        print("no picture: gnuplot was not found; on Debian: apt-get install gnuplot-nox")
        return
    places = {row: len(rows) - number for number, row in enumerate(rows)}
    script = [f"set terminal svg size 860,{110 + 34 * len(rows)} dynamic font 'sans-serif,13'",
              f"set output '{PICTURE}'",
              f"set border 3 linecolor rgb '{GRAY}'",
              f"set key outside top center horizontal textcolor rgb '{GRAY}'",
              f"set title \"{subtitle}\" noenhanced textcolor rgb '{GRAY}'",
              f"set xlabel 'milliseconds, median (logarithmic)' textcolor rgb '{GRAY}'",
              "set logscale x", "set rmargin 6",
              f"set grid xtics linecolor rgb '{GRAY}' linewidth 0.3",
              f"set xtics nomirror textcolor rgb '{GRAY}'",
              "set ytics nomirror noenhanced textcolor rgb '%s' (%s)" % (
                  GRAY, ", ".join(f"'{row}' {place}" for row, place in places.items())),
              f"set yrange [0.5:{len(rows) + 0.5}]"]
    plots = []
    for (name, values), color, point in zip(series, COLORS, POINTS):
        data = "\n".join(f"{value:.3f} {places[row]}" for row, value in values.items())
        script.append(f"$data{len(plots)} << END\n{data}\nEND")
        plots.append(f"$data{len(plots)} using 1:2 with points pointtype {point} pointsize 0.9 "
                     f"linecolor rgb '{color}' title \"{name}\" noenhanced")
    os.makedirs(os.path.dirname(PICTURE), exist_ok=True)
    subprocess.run(["gnuplot"], input="\n".join([*script, "plot " + ", ".join(plots)]) + "\n",
                   text=True, check=True)
    print(f"wrote {PICTURE}")
