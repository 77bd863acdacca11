# The settings store on a simulated NOR flash.
foreach(test settings_store settings_store_cuts)
    anc_test(${test} ${test}.c)
    target_include_directories(${test} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endforeach()
