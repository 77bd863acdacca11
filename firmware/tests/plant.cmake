# The plant in integers against the one in floating point.
set(virtual ${CMAKE_CURRENT_SOURCE_DIR}/../ports/virtual)
anc_test(plant_fixed plant_fixed.c ${virtual}/noise.c ${virtual}/plant.c ${virtual}/microphone.c
         ${virtual}/paths_builtin.c ${virtual}/fail.c)
target_include_directories(plant_fixed PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${virtual})
target_link_libraries(plant_fixed PRIVATE anc_plant m)
