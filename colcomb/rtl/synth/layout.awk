# From a LEF file with the cells' sizes and a routed DEF file: a row of layout.sh's table, and the
# layout as SVG. Variables: name; before and after, delays in ps; svg, the picture's file.
function number(text, last) { return text == "*" ? last : text + 0 }
function abs(v) { return v < 0 ? -v : v }

FNR == 1 { file++ }
file == 1 && $1 == "MACRO" { macro = $2 }
file == 1 && $1 == "SIZE" && macro != "" { width[macro] = $2; height[macro] = $4 }
file == 1 { next }

$1 == "UNITS" { unit = $4 }  # database units of a um
$1 == "DIEAREA" { left = $3; bottom = $4; die_width = $7 - $3; die_height = $8 - $4 }
$1 == "COMPONENTS" { part = "cells" }
$1 == "NETS" { part = "nets" }
$1 == "SPECIALNETS" { part = "power" }
$1 == "END" { part = "" }

# - NAME MACRO + PLACED ( x y ) ORIENTATION ;
part == "cells" && $1 == "-" {
  for (i = 3; i <= NF && $i != "("; i++) { }
  area = width[$3] * height[$3]
  if ($3 !~ /^FILL/) {
    cells++
    cell_area += area
    rectangles = rectangles sprintf("M%g %gh%gv%gh-%gz", $(i + 1), -($(i + 2)), width[$3] * unit,
                                    -height[$3] * unit, width[$3] * unit)
  }
}
# + ROUTED layer ( x y ) ( x * ) ... via, and NEW layer ...: a path of right angles.
part == "nets" && ($1 == "NEW" || $2 == "ROUTED") {
  layer = $1 == "NEW" ? $2 : $3
  points = 0
  for (i = 3; i <= NF; i++) {
    if ($i == "(") {
      new_x = number($(i + 1), x)
      new_y = number($(i + 2), y)
      if (points++ == 0) {
        paths[layer] = paths[layer] "M" new_x " " (-new_y)
      } else {
        wire += abs(new_x - x) + abs(new_y - y)
        paths[layer] = paths[layer] "L" new_x " " (-new_y)
      }
      x = new_x
      y = new_y
      i += 3
    } else if ($i ~ /^M[0-9]_M[0-9]$/) {
      vias++
    }
  }
}

END {
  if (cells == 0 || wire == 0) { print "layout.awk: no routed cells" > "/dev/stderr"; exit 1 }
  printf "| %s | %d | %.0f | %.0f x %.0f | %.2f | %d | %.2f | %.2f |\n", name, cells, cell_area,
    die_width / unit, die_height / unit, wire / unit / 1000, vias, before / 1000, after / 1000
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"%d %d %d %d\" role=\"img\">\n", left,
    -(bottom + die_height), die_width, die_height > svg
  printf "<title>%s, placed and routed: %d cells, %.0f x %.0f um</title>\n", name, cells,
    die_width / unit, die_height / unit > svg
  printf "<path fill=\"#8a8f98\" fill-opacity=\"0.25\" stroke=\"#8a8f98\" stroke-width=\"%g\" d=\"%s\"/>\n",
    unit * 0.1, rectangles > svg
  split("metal1 #4c78a8 metal2 #e45756 metal3 #54a24b metal4 #b279a2 metal5 #f2b134 metal6 #72b7b2",
        colour, " ")
  for (i = 1; colour[i] != ""; i += 2) {
    if (paths[colour[i]] == "") continue
    printf "<path fill=\"none\" stroke=\"%s\" stroke-opacity=\"0.8\" stroke-width=\"%g\" d=\"%s\"/>\n",
      colour[i + 1], unit * 0.4, paths[colour[i]] > svg
  }
  print "</svg>" > svg
}
