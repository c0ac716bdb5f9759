# SPDX-License-Identifier: Apache-2.0
# One completion serves all tools; fish looks for it by the name of the command.
source (dirname (status filename))/ctnr.fish
